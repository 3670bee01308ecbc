"""External identifiers: one scheme each, validated and normalised on the way in.

Two records that carry the same identifier after normalisation speak of the same thing, so normalisation decides merges:
it is strict, and an identifier that does not validate raises :class:`ExternalIdError` instead of being kept as it came.
How each scheme is read lives in :mod:`records.id_schemes`.
"""

from __future__ import annotations

import msgspec

from records.errors import ExternalIdError
from records.id_schemes import IdKind, IdScheme, detect, equivalents, kind_of, normalise, url_of

__all__ = [
    "INSTITUTION_SCHEMES",
    "PAPER_SCHEMES",
    "PERSON_SCHEMES",
    "VENUE_SCHEMES",
    "ExternalId",
    "IdKind",
    "IdScheme",
]

PAPER_SCHEMES = frozenset(
    {
        IdScheme.DOI,
        IdScheme.ARXIV,
        IdScheme.OPENALEX,
        IdScheme.DBLP,
        IdScheme.ACL,
        IdScheme.PMID,
        IdScheme.ISBN,
    }
)
"""Schemes that may name a paper. An ISBN names a whole book: a chapter or a proceedings paper must not carry it."""

PERSON_SCHEMES = frozenset({IdScheme.ORCID, IdScheme.OPENALEX, IdScheme.DBLP})
"""Schemes that may name a person."""

VENUE_SCHEMES = frozenset({IdScheme.ISSN, IdScheme.OPENALEX, IdScheme.DBLP, IdScheme.ISBN})
"""Schemes that may name a venue (an ISBN: one volume of proceedings)."""

INSTITUTION_SCHEMES = frozenset({IdScheme.ROR, IdScheme.OPENALEX})
"""Schemes that may name an institution."""


class ExternalId(msgspec.Struct, frozen=True, order=True):
    """An identifier under a scheme; ``value`` is always in the scheme's normal form (see :meth:`parse`)."""

    scheme: IdScheme
    value: str

    @classmethod
    def parse(cls, text: str, scheme: IdScheme | str | None = None) -> ExternalId:
        """Read an identifier as people write it.

        Takes ``doi:10.1000/182``, the scheme's URLs (``https://doi.org/10.1000/182``) and bare values where the value
        alone tells the scheme (``10.1000/182``, ``2101.00001v2``, ``0000-0002-1825-0097``). With ``scheme`` the text
        must be of that scheme. Normal forms: DOI and ACL collection in lower case, arXiv without version and subject
        class, ORCID and ISSN with hyphens and checked digit, ISBN as the 13 digits of ISBN-13, DBLP persons as
        ``pid/65/9612``, OpenAlex with an upper case letter, ROR without its URL.

        :raises ExternalIdError: when the text is not a valid identifier; the message shows what one looks like.
        """
        wanted = None if scheme is None else _scheme(scheme)
        cleaned = text.strip()
        if not cleaned:
            raise ExternalIdError("an external id is empty; leave the field out instead")
        found, value = detect(cleaned, wanted)
        return cls(found, normalise(found, value))

    @classmethod
    def try_parse(cls, text: str, scheme: IdScheme | str | None = None) -> ExternalId | None:
        """:meth:`parse`, or None where that raises for the text. An unknown ``scheme`` still raises."""
        wanted = None if scheme is None else _scheme(scheme)
        try:
            return cls.parse(text, wanted)
        except ExternalIdError:
            return None

    @property
    def kind(self) -> IdKind:
        """What the id names, as far as scheme and value tell (a DOI is taken for a paper's)."""
        return kind_of(self.scheme, self.value)

    @property
    def url(self) -> str:
        """The scheme's own page for it; "" where the scheme has no resolver (ISBN)."""
        return url_of(self.scheme, self.value)

    def equivalents(self) -> tuple[ExternalId, ...]:
        """Other ids that name the same thing by construction.

        A DOI under ``10.48550/arxiv.`` is an arXiv id and the reverse; a DOI under ``10.18653/v1/`` is an ACL id.
        """
        return tuple(ExternalId(scheme, value) for scheme, value in equivalents(self.scheme, self.value))

    def __str__(self) -> str:
        return f"{self.scheme.value}:{self.value}"


def _scheme(scheme: IdScheme | str) -> IdScheme:
    try:
        return IdScheme(scheme)
    except ValueError:
        known = ", ".join(IdScheme)
        raise ExternalIdError(f"unknown identifier scheme {str(scheme)[:40]!r}; known: {known}") from None
