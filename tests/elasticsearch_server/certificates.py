"""A certificate authority and a node's certificate, made anew for each use by openssl."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Certificates", "make_certificates"]


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: the authority, and the certificate and key of a node on this machine."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Make them in ``folder``; they are good for a day."""
    made = Certificates(folder / "ca.pem", folder / "node.pem", folder / "node.key")
    extension = folder / "node.ext"
    extension.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", "ascii")
    request, authority_key = folder / "node.csr", folder / "ca.key"
    key = ("-newkey", "rsa:2048", "-nodes", "-keyout")
    _openssl("req", "-x509", *key, authority_key, "-out", made.authority, "-days", "1", "-subj", "/CN=Test authority")
    _openssl("req", *key, made.key, "-out", request, "-subj", "/CN=node")
    signing = ("-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial", "-days", "1", "-extfile", extension)
    _openssl("x509", "-req", "-in", request, *signing, "-out", made.certificate)
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
