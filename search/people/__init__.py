"""People: the arrays that say who wrote, cited and met what and whom, and what is answered from them."""

from search.people.arrays import GROUP, PeopleArrays, open_people
from search.people.context import People
from search.people.from_papers import people_of_papers
from search.people.links import Coauthors, DatedLinks, row, rows_of
from search.people.names import NAMES, NamesArrays, NamesMaker, open_names
from search.people.strings import StringList

__all__ = [
    "GROUP",
    "NAMES",
    "Coauthors",
    "DatedLinks",
    "NamesArrays",
    "NamesMaker",
    "People",
    "PeopleArrays",
    "StringList",
    "open_names",
    "open_people",
    "people_of_papers",
    "row",
    "rows_of",
]
