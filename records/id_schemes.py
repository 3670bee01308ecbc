"""What each identifier scheme looks like: detection, validation, normal form, URL.

Sources: DOI Handbook 2.2 (case-insensitive, any printable suffix); arXiv identifier scheme (2007 and before); ISO
7064 mod 11-2 for ORCID; ISO 3297 for ISSN; ISO 2108 for ISBN; ROR's Crockford base-32 with an ISO 7064 mod 97-10 check.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

from records.errors import ExternalIdError

__all__ = ["IdKind", "IdScheme", "detect", "equivalents", "kind_of", "normalise", "url_of"]


class IdScheme(StrEnum):
    """The identifier schemes we know, by the prefix users write (``doi:10.1000/1``)."""

    DOI = "doi"
    ARXIV = "arxiv"
    OPENALEX = "openalex"
    DBLP = "dblp"
    ACL = "acl"
    PMID = "pmid"
    ORCID = "orcid"
    ISSN = "issn"
    ISBN = "isbn"
    ROR = "ror"


class IdKind(StrEnum):
    """What an identifier can name."""

    PAPER = "paper"
    PERSON = "person"
    VENUE = "venue"
    INSTITUTION = "institution"
    TOPIC = "topic"
    OTHER = "other"


_LOOKS_LIKE = {
    IdScheme.DOI: "10.1000/182",
    IdScheme.ARXIV: "2101.00001 or math/0309136",
    IdScheme.OPENALEX: "W2741809807 (W works, A authors, S sources, I institutions, T topics)",
    IdScheme.DBLP: "conf/acl/Knuth01, or pid/65/9612 for a person",
    IdScheme.ACL: "P18-1001 or 2020.acl-main.1",
    IdScheme.PMID: "12345678 (one to eight digits)",
    IdScheme.ORCID: "0000-0002-1825-0097 (the last character is a checksum)",
    IdScheme.ISSN: "0378-5955 (the last character is a checksum)",
    IdScheme.ISBN: "978-3-16-148410-0 (the last character is a checksum)",
    IdScheme.ROR: "05dxps055 (the last two digits are a checksum)",
}

_DBLP_KEY_ROOTS = "conf|journals|phd|books|reference|series|tr|persons|data|dblpnote|www|streams"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_OPENALEX_KINDS = {
    "W": IdKind.PAPER,
    "A": IdKind.PERSON,
    "S": IdKind.VENUE,
    "I": IdKind.INSTITUTION,
    "T": IdKind.TOPIC,
    "C": IdKind.TOPIC,
    "P": IdKind.OTHER,
    "F": IdKind.OTHER,
}

_DOI = re.compile(r"10\.[0-9]{1,9}(?:\.[0-9]+)*/\S+")
_ARXIV_NEW = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])\.([0-9]{4,5})(?:v[0-9]+)?")
_ARXIV_OLD = re.compile(
    r"([a-z]+(?:-[a-z]+)*)(?:\.[a-z]{2})?/([0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3})(?:v[0-9]+)?", re.I | re.A
)
_OPENALEX = re.compile(r"([WASITCPF])([1-9][0-9]{1,11})", re.I | re.A)
_DBLP_KEY = re.compile(rf"(?:{_DBLP_KEY_ROOTS})(?:/[A-Za-z0-9_.:+-]+)+")
_DBLP_PID = re.compile(r"(?:(?:pid|homepages)/)?([a-z0-9]{1,3}/[A-Za-z0-9_=:-]+)")
_ACL_OLD = re.compile(r"([A-Z][0-9]{2}-[0-9]{4})", re.I | re.A)
_ACL_NEW = re.compile(r"([0-9]{4}\.[a-z0-9]+)-([a-z0-9]+)\.([0-9]+)", re.I | re.A)
_PMID = re.compile(r"0*([1-9][0-9]{0,7})")
_ORCID = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9X])", re.I | re.A)
_ISSN = re.compile(r"([0-9]{4})-?([0-9]{3}[0-9X])", re.I | re.A)
_ROR = re.compile(r"0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}", re.I | re.A)

_PREFIX = re.compile(r"(?:urn:)?([a-z-]+(?:-1[03])?)[:\s]\s*(?=\S)", re.I | re.A)
_PREFIX_NAMES = {
    **{scheme.value: scheme for scheme in IdScheme},
    "pubmed": IdScheme.PMID,
    "isbn-13": IdScheme.ISBN,
    "isbn-10": IdScheme.ISBN,
    "eissn": IdScheme.ISSN,
    "e-issn": IdScheme.ISSN,
    "oa": IdScheme.OPENALEX,
}
_HOSTS = {
    "doi.org": IdScheme.DOI,
    "dx.doi.org": IdScheme.DOI,
    "arxiv.org": IdScheme.ARXIV,
    "export.arxiv.org": IdScheme.ARXIV,
    "openalex.org": IdScheme.OPENALEX,
    "api.openalex.org": IdScheme.OPENALEX,
    "dblp.org": IdScheme.DBLP,
    "dblp.uni-trier.de": IdScheme.DBLP,
    "dblp.dagstuhl.de": IdScheme.DBLP,
    "aclanthology.org": IdScheme.ACL,
    "aclweb.org": IdScheme.ACL,
    "pubmed.ncbi.nlm.nih.gov": IdScheme.PMID,
    "orcid.org": IdScheme.ORCID,
    "portal.issn.org": IdScheme.ISSN,
    "ror.org": IdScheme.ROR,
}
_URL_PATHS = {
    IdScheme.ARXIV: re.compile(r"/(?:abs|pdf|html|format|e-print)/(.+?)(?:\.pdf)?/?"),
    IdScheme.OPENALEX: re.compile(
        r"/(?:works/|authors/|sources/|institutions/|topics/|concepts/)?([^/]+)/?", re.I | re.A
    ),
    IdScheme.DBLP: re.compile(r"/(?:rec/(?:html/)?)?(.+?)(?:\.(?:html|xml|bib))?/?"),
    IdScheme.ACL: re.compile(r"/(?:anthology/)?([^/]+?)(?:\.pdf)?/?"),
    IdScheme.ISSN: re.compile(r"/resource/(?:ISSN/)?([^/]+)/?", re.I | re.A),
}
_ANY_PATH = re.compile(r"/(.+?)/?")


def detect(text: str, wanted: IdScheme | None) -> tuple[IdScheme, str]:
    """Split ``text`` (stripped, not empty) into scheme and raw value, still to be normalised.

    :raises ExternalIdError: when no scheme can be told, or it is not ``wanted``.
    """
    prefix = _PREFIX.match(text)
    named = _PREFIX_NAMES.get(prefix[1].lower()) if prefix else None
    if prefix and named and (wanted is None or named is wanted):
        rest = text[prefix.end() :]
        return detect(rest, named) if "://" in rest else (named, rest)
    if "://" in text[:10]:
        return _from_url(text, wanted)
    if wanted is not None:
        return wanted, text
    for scheme, looks in _BARE:
        if looks(text):
            return scheme, text
    hint = "; a PubMed id needs its prefix (pmid:12345678)" if text.isdigit() else ""
    known = ", ".join(IdScheme)
    raise ExternalIdError(f"no identifier scheme fits {_shown(text)}; write scheme:value with one of {known}{hint}")


def _from_url(text: str, wanted: IdScheme | None) -> tuple[IdScheme, str]:
    try:
        url = urlsplit(text)
        host = (url.hostname or "").removeprefix("www.")
    except ValueError:
        raise ExternalIdError(f"not a URL that can be read: {_shown(text)}") from None
    scheme = _HOSTS.get(host)
    if scheme is None or (wanted is not None and scheme is not wanted):
        of = f"of {wanted.value}" if wanted else "of an identifier scheme we know"
        raise ExternalIdError(f"not a URL {of}: {_shown(text)}; known hosts: {', '.join(sorted(_HOSTS))}")
    path = _URL_PATHS.get(scheme, _ANY_PATH).fullmatch(unquote(url.path))
    if path is None:
        raise ExternalIdError(f"no {scheme.value} identifier in the URL {_shown(text)}")
    return scheme, path[1]


def normalise(scheme: IdScheme, value: str) -> str:
    """The normal form of ``value``.

    :raises ExternalIdError: when it is not valid under ``scheme``.
    """
    normal = _NORMALISERS[scheme](value.strip())
    if normal is None:
        raise ExternalIdError(
            f"not a valid {scheme.value} identifier: {_shown(value)}; one looks like {_LOOKS_LIKE[scheme]}"
        )
    return normal


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _doi(value: str) -> str | None:
    value = unicodedata.normalize("NFC", value).rstrip(".,;")
    if not _DOI.fullmatch(value) or not value.isprintable():
        return None
    # DOIs are case-insensitive in ASCII only; other letters are compared as they are.
    return value if value.islower() and value.isascii() else re.sub("[A-Z]+", lambda m: m[0].lower(), value)


def _arxiv(value: str) -> str | None:
    if match := _ARXIV_NEW.fullmatch(value):
        year, month, number = match[1], match[2], match[3]
        long = int(year) >= 15  # five digits since 2015-01, four from 2007-04 to 2014-12
        if len(number) != (5 if long else 4) or year + month < "0704":
            return None
        return f"{year}{month}.{number}"
    if match := _ARXIV_OLD.fullmatch(value):
        return f"{match[1].lower()}/{match[2]}"
    return None


def _openalex(value: str) -> str | None:
    match = _OPENALEX.fullmatch(value)
    return match[0].upper() if match else None


def _dblp(value: str) -> str | None:
    if _DBLP_KEY.fullmatch(value):
        return value
    match = _DBLP_PID.fullmatch(value)
    return f"pid/{match[1]}" if match else None


def _acl(value: str) -> str | None:
    if match := _ACL_OLD.fullmatch(value):
        return match[1].upper()
    if match := _ACL_NEW.fullmatch(value):
        return f"{match[1].lower()}-{match[2].lower()}.{int(match[3])}"
    return None


def _pmid(value: str) -> str | None:
    match = _PMID.fullmatch(value)
    return match[1] if match else None


def _orcid(value: str) -> str | None:
    match = _ORCID.fullmatch(value)
    if match is None:
        return None
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(match.groups()).upper() if digits[15] == "0123456789X"[check] else None


def _issn(value: str) -> str | None:
    match = _ISSN.fullmatch(value)
    if match is None:
        return None
    digits = (match[1] + match[2]).upper()
    check = -sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=False)) % 11
    return f"{digits[:4]}-{digits[4:]}" if digits[7] == "0123456789X"[check] else None


def _isbn(value: str) -> str | None:
    digits = re.sub(r"[\s-]", "", value).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        total = sum(weight * "0123456789X".index(digit) for weight, digit in zip(range(10, 0, -1), digits, strict=True))
        return _isbn13("978" + digits[:9]) if total % 11 == 0 else None
    if re.fullmatch(r"97[89][0-9]{10}", digits) and digits == _isbn13(digits[:12]):
        return digits
    return None


def _isbn13(first12: str) -> str:
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(first12))
    return first12 + str(-total % 10)


def _ror(value: str) -> str | None:
    lower = value.lower()
    if not _ROR.fullmatch(lower):
        return None
    number = 0
    for char in lower[:7]:
        number = number * 32 + _CROCKFORD.index(char)
    return lower if int(lower[7:]) == 98 - number * 100 % 97 else None


_NORMALISERS: dict[IdScheme, Callable[[str], str | None]] = {
    IdScheme.DOI: _doi,
    IdScheme.ARXIV: _arxiv,
    IdScheme.OPENALEX: _openalex,
    IdScheme.DBLP: _dblp,
    IdScheme.ACL: _acl,
    IdScheme.PMID: _pmid,
    IdScheme.ORCID: _orcid,
    IdScheme.ISSN: _issn,
    IdScheme.ISBN: _isbn,
    IdScheme.ROR: _ror,
}

# Tried in this order on a value without prefix. PMIDs are bare digits and never guessed.
_BARE: tuple[tuple[IdScheme, Callable[[str], object]], ...] = (
    (IdScheme.DOI, re.compile(r"10\.[0-9.]+/").match),
    (IdScheme.ORCID, re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", re.I | re.A).fullmatch),
    (IdScheme.ACL, _acl),
    (IdScheme.DBLP, re.compile(rf"(?:(?:{_DBLP_KEY_ROOTS})/[^/]+/|pid/|homepages/)").match),
    (IdScheme.ARXIV, _arxiv),
    (IdScheme.OPENALEX, _OPENALEX.fullmatch),
    (IdScheme.ISSN, re.compile(r"[0-9]{4}-[0-9]{3}[0-9X]", re.I | re.A).fullmatch),
    (IdScheme.ISBN, _isbn),
    (IdScheme.ROR, _ROR.fullmatch),
)

_URLS = {
    IdScheme.DOI: "https://doi.org/{}",
    IdScheme.ARXIV: "https://arxiv.org/abs/{}",
    IdScheme.OPENALEX: "https://openalex.org/{}",
    IdScheme.ACL: "https://aclanthology.org/{}",
    IdScheme.PMID: "https://pubmed.ncbi.nlm.nih.gov/{}",
    IdScheme.ORCID: "https://orcid.org/{}",
    IdScheme.ISSN: "https://portal.issn.org/resource/ISSN/{}",
    IdScheme.ROR: "https://ror.org/{}",
}


def url_of(scheme: IdScheme, value: str) -> str:
    """The page of a normal form, or "" where the scheme has no resolver."""
    if scheme is IdScheme.DBLP:
        is_record = kind_of(scheme, value) is IdKind.PAPER
        return f"https://dblp.org/rec/{value}" if is_record else f"https://dblp.org/{value}"
    # A DOI may hold "?", "#" and "%", which a URL would read as its own.
    return _URLS[scheme].format(quote(value, safe="/:;().-_~")) if scheme in _URLS else ""


_KINDS = {
    IdScheme.ORCID: IdKind.PERSON,
    IdScheme.ISSN: IdKind.VENUE,
    IdScheme.ROR: IdKind.INSTITUTION,
}


def kind_of(scheme: IdScheme, value: str) -> IdKind:
    """What a normal form names."""
    if scheme is IdScheme.OPENALEX:
        return _OPENALEX_KINDS[value[0]]
    if scheme is IdScheme.DBLP:
        root = value.partition("/")[0]
        return {"pid": IdKind.PERSON, "streams": IdKind.VENUE}.get(root, IdKind.PAPER)
    return _KINDS.get(scheme, IdKind.PAPER)


_ARXIV_DOI = "10.48550/arxiv."
_ACL_DOI = "10.18653/v1/"


def equivalents(scheme: IdScheme, value: str) -> list[tuple[IdScheme, str]]:
    """Other names of the same thing that follow from this one alone."""
    if scheme is IdScheme.ARXIV:
        return [(IdScheme.DOI, _ARXIV_DOI + value)]
    if scheme is IdScheme.DOI and value.startswith(_ARXIV_DOI):
        arxiv = _arxiv(value.removeprefix(_ARXIV_DOI))
        return [(IdScheme.ARXIV, arxiv)] if arxiv else []
    if scheme is IdScheme.DOI and value.startswith(_ACL_DOI):
        acl = _acl(value.removeprefix(_ACL_DOI))
        return [(IdScheme.ACL, acl)] if acl else []
    return []
