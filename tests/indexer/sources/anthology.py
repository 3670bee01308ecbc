"""A small Anthology of our own: two collections, curated people, venues."""

from __future__ import annotations

import tarfile
from pathlib import Path

__all__ = ["FILES", "write_folder", "write_tar"]

OLD = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="P18">
  <volume id="1" type="proceedings">
    <meta>
      <booktitle>Proceedings of the Meeting</booktitle>
      <editor><first>Edith</first><last>Editor</last></editor>
      <publisher>Society</publisher>
      <month>July 15-20</month>
      <year>2018</year>
      <venue>ws</venue>
      <venue>meet</venue>
    </meta>
    <frontmatter><url>P18-1000</url></frontmatter>
    <paper id="1">
      <title><fixed-case>P</fixed-case>robing <i>deep <b>structure</b></i> of <tex-math>\\alpha</tex-math>-trees</title>
      <author><first>Anna</first><last>van der Meer</last><affiliation>University of Delft</affiliation></author>
      <author id="wei-li-pku" orcid="0000-0002-1825-0097"><first>Wei</first><last>Li</last></author>
      <author><first>Wei</first><last>Li</last></author>
      <author><first>Bo</first><last>Stone</last></author>
      <pages>1–11</pages>
      <abstract>We probe.<!-- a remark --> See <url>http://example.org</url>, 50% &amp; more.</abstract>
      <doi>10.18653/v1/P18-1001</doi>
      <bibkey>x</bibkey>
    </paper>
    <paper id="2">
      <title>On Mononyms</title>
      <author><first/><last>Plato</last></author>
      <author id="yang-liu"><first>Yang</first><last>Liu</last></author>
      <retracted date="2020-01-01">Wrong.</retracted>
      <language>fra</language>
    </paper>
    <paper id="3" type="backmatter"><title>Author Index</title></paper>
  </volume>
  <event id="meet-2018"><meta><title>The Meeting</title></meta></event>
</collection>
"""

NEW = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="2021.jour">
  <volume id="1" type="journal">
    <meta>
      <booktitle>Journal, Volume 7</booktitle>
      <month>3</month>
      <year>2021</year>
      <venue>jour</venue>
      <journal-volume>7</journal-volume>
      <journal-issue>2</journal-issue>
    </meta>
    <paper id="1">
      <title>融合指代</title>
      <author>
        <first>Hao</first><last>Wang</last><variant script="hani"><first>浩</first><last>汪</last></variant>
      </author>
      <pages>5--9</pages>
    </paper>
    <paper id="2"><title>Editorial</title></paper>
  </volume>
</collection>
"""

PEOPLE = """- canonical: {first: Anna, last: van der Meer}
  variants:
  - {first: A., last: van der Meer}
  orcid: 0000-0001-5109-3700
  degree: Leiden
- canonical: {first: Wei, last: Li}
  id: wei-li-pku
  institution: Peking University
  similar: [wei-li-old]
- canonical: {first: Wei, last: Li}
  id: wei-li-fudan
- canonical: {first: Yang, last: Liu}
  id: yang-liu
  comment: May refer to several people
- canonical: {first: Bo, last: Stone}
  id: bo-stone
  orcid: 0000-0000-0000-0000
- canonical: {first: No, last: Null}
"""

FILES = {
    "xml/P18.xml": OLD,
    "xml/2021.jour.xml": NEW,
    "yaml/name_variants.yaml": PEOPLE,
    "yaml/venues/meet.yaml": "acronym: MEET\nname: Meeting of the Society\n",
    "yaml/venues/jour.yaml": "acronym: NO\nname: Journal of the Society\ntype: journal\n",
    "yaml/venues/ws.yaml": "acronym: WS\nname: Other Workshops and Events\n",
    "yaml/sigs/sig.yaml": "Name: not read\n",
}


def write_folder(root: Path, **changes: str | bytes) -> Path:
    """The files under ``root``; ``changes`` by file name, with "/" and "." written "__" and "_"."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = changes.get(name.replace("/", "__").replace(".", "_"), text)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def write_tar(folder: Path, path: Path) -> Path:
    """``folder`` as an archive with its XML before its YAML, as the Anthology's own has it."""
    packing = {".gz": "w:gz", ".xz": "w:xz", ".bz2": "w:bz2"}.get(path.suffix, "w")
    with path.open("wb") as stream, tarfile.open(fileobj=stream, mode=packing) as archive:  # type: ignore[call-overload]
        for part in ("xml", "yaml"):
            archive.add(folder / part, arcname=f"anthology/{part}")
    return path
