"""Query parameters as models: unknown ones are refused, and each says what it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.schemas.paper import PaperDetail, PaperResult
from search.engine import Sort
from search.people.find import AuthorRequest
from search.profiles import PARTS, ProfileOptions
from search.profiles.model import CENTRAL
from search.profiles.profile import LARGEST
from search.request import Mode, SearchRequest

__all__ = [
    "MAX_LIMIT",
    "AuthorSearchParams",
    "Format",
    "ListParams",
    "NoParams",
    "PaperParams",
    "PaperSearchParams",
    "ProfileParams",
    "SuggestParams",
    "check_select",
    "cursor_of",
    "split",
]

MAX_LIMIT = 200
"""Most papers on one page."""

_LIMIT = Field(default=10, ge=1, le=MAX_LIMIT, description="Papers a page.")
_CURSOR = Field(default=None, max_length=4096, description="`next_cursor` of the page before; `*` for the first.")
_SELECT = Field(default=None, max_length=1000, description="Fields of a paper to return, separated by commas.")


class Format(StrEnum):
    """How papers are written."""

    JSON = "json"
    BIBTEX = "bibtex"


_FORMAT = Field(default=None, description="`json`, or `bibtex`; the Accept header says the same.")


def split(text: str | None) -> tuple[str, ...]:
    """The parts of a comma-separated list, without blanks."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def cursor_of(cursor: str | None) -> str | None:
    """The cursor for a service; ``*`` asks for the first page, as does none at all."""
    return None if cursor in {None, "", "*"} else cursor


def check_select(value: str | None, model: type[BaseModel]) -> str | None:
    """``value`` if it names fields of ``model`` only.

    :raises ValueError: when it does not; the message lists the fields.
    """
    unknown = [name for name in split(value) if name not in model.model_fields]
    if unknown:
        raise ValueError(f"no such fields: {', '.join(unknown)}; valid are {', '.join(sorted(model.model_fields))}")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NoParams(_Strict):
    """A route that takes none."""


class PaperSearchParams(_Strict):
    """What to search and how to show it."""

    q: str = Field(default="", description="The query; nothing finds all papers.")
    filter: str = Field(default="", description="Constraints, such as `year:2005-2012,type:article`.")
    mode: Mode = Field(default=Mode.HYBRID, description="By words, by nearness of vectors, or both.")
    sort: str = Field(
        default="relevance",
        max_length=100,
        description="`relevance`, `citations`, `date` or a metric's name, with `:asc` or `:desc` behind it if wanted.",
    )
    limit: int = _LIMIT
    cursor: str | None = _CURSOR
    facets: str | None = Field(
        default=None, max_length=1000, description="Fields to count, separated by commas, `field` or `field:size`."
    )
    highlight: bool = Field(default=False, description="Mark the matches in titles and abstracts.")
    explain: bool = Field(default=False, description="Say how each score came about.")
    select: str | None = _SELECT
    format: Format | None = _FORMAT

    @field_validator("select")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        return check_select(value, PaperResult)

    def request(self) -> SearchRequest:
        """As the search service takes it."""
        return SearchRequest(
            text=self.q,
            filter=self.filter,
            mode=self.mode,
            sort=self.sort,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
            facets=split(self.facets),
            highlight=self.highlight,
            explain=self.explain,
        )


class PaperParams(_Strict):
    """How to show one paper."""

    select: str | None = _SELECT
    format: Format | None = _FORMAT

    @field_validator("select")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        return check_select(value, PaperDetail)


class ListSort(StrEnum):
    """Orders of lists that have no relevance."""

    DATE = "date"
    DATE_ASC = "date:asc"
    DATE_DESC = "date:desc"
    CITATIONS = "citations"
    CITATIONS_ASC = "citations:asc"
    CITATIONS_DESC = "citations:desc"


class ListParams(PaperParams):
    """A page of a list of papers."""

    sort: ListSort = Field(default=ListSort.DATE, description="`date` or `citations`, `:asc` or `:desc` behind it.")
    limit: int = _LIMIT
    cursor: str | None = _CURSOR

    def order(self) -> Sort:
        """As an engine takes it."""
        key, _, direction = self.sort.value.partition(":")
        return Sort(key, descending=direction != "asc")


class AuthorSearchParams(_Strict):
    """Whom to find; nothing finds everyone."""

    name: str = Field(default="", max_length=300, description="Words of the name; the last may be its beginning.")
    affiliation: str = Field(default="", max_length=300, description="Words of one affiliation, as printed.")
    id: str = Field(default="", max_length=500, description="Our id, or an external one: `orcid:...`, `dblp:pid/...`.")
    filter: str = Field(default="", description="Constraints on people, such as `country:DE,h_index:>=10`.")
    sort: str = Field(
        default="relevance",
        max_length=100,
        description="`relevance`, `papers`, `citations`, `coauthors`, `first_year`, `last_year` or an author metric, "
        "with `:asc` or `:desc` behind it if wanted.",
    )
    similar: bool | None = Field(
        default=None, description="Similar names as well, or never; by default when nobody has the name."
    )
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT, description="People a page.")
    cursor: str | None = _CURSOR

    def request(self) -> AuthorRequest:
        """As the search for people takes it."""
        return AuthorRequest(
            name=self.name,
            affiliation=self.affiliation,
            identifier=self.id,
            filter=self.filter,
            sort=self.sort,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
            similar=self.similar,
        )


class ProfileParams(_Strict):
    """How much of a profile to show."""

    select: str | None = Field(
        default=None, max_length=1000, description=f"Parts, separated by commas: {', '.join(PARTS)}. All by default."
    )
    limit: int = Field(default=10, ge=1, le=LARGEST, description="Rows of each list.")
    network: int = Field(default=30, ge=1, le=LARGEST, description="Co-authors in the network.")
    central: str = Field(default=CENTRAL, max_length=100, description="The paper metric that says what is central.")

    @field_validator("select")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        unknown = [name for name in split(value) if name not in PARTS]
        if unknown:
            raise ValueError(f"no such parts: {', '.join(unknown)}; valid are {', '.join(PARTS)}")
        return value

    def options(self) -> ProfileOptions:
        """As the profile takes them."""
        return ProfileOptions(split(self.select), self.limit, self.network, self.central)


class SuggestParams(_Strict):
    """What to complete."""

    q: str = Field(min_length=1, max_length=300, description="What was typed so far.")
    kind: Literal["author"] | None = Field(default=None, description="`author`: complete names of people only.")
    limit: int = Field(default=10, ge=1, le=50, description="Completions to return.")
