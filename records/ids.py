"""External identifiers: one scheme each, validated and normalised on the way in.

Two records that carry the same identifier after normalisation speak of the same thing, so normalisation decides merges:
it is strict, and an identifier that does not validate raises :class:`ExternalIdError` instead of being kept as it came.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["ExternalId", "IdScheme"]


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


class ExternalId(msgspec.Struct, frozen=True, order=True):
    """An identifier under a scheme; ``value`` is always in the scheme's normal form (see :meth:`parse`)."""

    scheme: IdScheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme.value}:{self.value}"
