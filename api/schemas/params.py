"""Query parameters as models: unknown ones are refused, and each says what it is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.schemas.paper import PaperModel, PaperResult
from search.engine import Sort
from search.request import Mode, SearchRequest

__all__ = [
    "MAX_LIMIT",
    "AuthorSearchParams",
    "Format",
    "ListParams",
    "NoParams",
    "PaperParams",
    "PaperSearchParams",
    "SuggestParams",
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


def _check_select(value: str | None, model: type[BaseModel]) -> str | None:
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
        return _check_select(value, PaperResult)

    def request(self) -> SearchRequest:
        """As the search service takes it."""
        return SearchRequest(
            text=self.q,
            filter=self.filter,
            mode=self.mode,
            sort=self.sort,
            limit=self.limit,
            cursor=None if self.cursor in {None, "", "*"} else self.cursor,
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
        return _check_select(value, PaperModel)


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
    """Whom to find."""

    name: str = Field(min_length=1, max_length=300, description="Words of the name; the last may be its beginning.")
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT, description="People to return.")


class SuggestParams(_Strict):
    """What to complete."""

    q: str = Field(min_length=1, max_length=300, description="What was typed so far.")
    limit: int = Field(default=10, ge=1, le=50, description="Completions to return.")
