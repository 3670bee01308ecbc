"""The nouns of ScholarCore: frozen, typed, no I/O."""

from records.author import AffiliationYears, Author, IdentityBasis, Institution
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue

__all__ = [
    "Affiliation",
    "AffiliationYears",
    "Author",
    "Authorship",
    "ExternalId",
    "IdScheme",
    "IdentityBasis",
    "Institution",
    "Name",
    "Paper",
    "Topic",
    "Venue",
]
