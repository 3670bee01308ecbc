"""Query parameters of rankings, trends and collaborations."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.params import MAX_LIMIT, cursor_of
from ranking.registry import Entity
from ranking.views import Window
from records.errors import GraphError, QueryError
from search.rankings import PartnerRequest, RankingRequest, TrendRequest, parse_years
from search.rankings.partners import Counting, PartnerKind

__all__ = [
    "CollaborationParams",
    "Ranked",
    "RankingParams",
    "TableFormat",
    "TrendParams",
    "make_window",
    "read_parameters",
]


class Ranked(StrEnum):
    """What can be ranked, as in paths."""

    PAPERS = "papers"
    AUTHORS = "authors"
    VENUES = "venues"
    INSTITUTIONS = "institutions"

    @property
    def entity(self) -> Entity:
        """As metrics have it."""
        return Entity(self.value.removesuffix("s"))


class TableFormat(StrEnum):
    """How rows are written."""

    JSON = "json"
    CSV = "csv"


_TOPIC = Field(default="", max_length=1000, description="A topic's name; anything else is read as a query.")
_QUERY = Field(default="", description="Only papers that match it, with all of its plain words.")
_LIMIT = Field(default=10, ge=1, le=MAX_LIMIT, description="Rows a page.")
_CURSOR = Field(default=None, max_length=4096, description="`next_cursor` of the page before; `*` for the first.")
_FORMAT = Field(default=TableFormat.JSON, description="`json`, or `csv`: the rows alone.")


def read_parameters(texts: list[str]) -> dict[str, float]:
    """``name=value`` pairs.

    :raises QueryError: when one is not.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        try:
            if not sign:
                raise ValueError  # noqa: TRY301 - what is no pair is refused like what is no number
            found[name.strip()] = float(value)
        except ValueError:
            raise QueryError(
                f"{text[:60]!r} is no parameter", text=text, hint="write name=value, such as damping=0.9"
            ) from None
    return found


def make_window(published: str, cited: str, within: int | None, *, self_citations: bool) -> Window:
    """A window from the texts of its parts.

    :raises QueryError: when one cannot be read.
    """
    bounds = parse_years(published, "published"), parse_years(cited, "cited")
    try:
        return Window(*bounds, within=within, self_citations=self_citations)
    except GraphError as error:
        raise QueryError(str(error)) from error


class _Params(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RankingParams(_Params):
    """What to rank by, and what counts."""

    metric: str = Field(
        default="", max_length=100, description="A metric of `/metrics`; `h_index`, papers: `citations`."
    )
    published: str = Field(default="", max_length=40, description="Years of papers that count, `2015-2020`.")
    cited: str = Field(default="", max_length=40, description="Years in which citations count, `2018-2020`.")
    within: int | None = Field(default=None, ge=0, le=1000, description="Citations so many years after publication.")
    self_citations: bool = Field(default=True, description="Whether citations among papers of one author count.")
    topic: str = _TOPIC
    q: str = _QUERY
    filter: str = Field(default="", description="Which authors (or papers) are listed, `country:DE,h_index:>=10`.")
    min_papers: int = Field(default=1, ge=1, description="Papers that an author, venue or institution must have.")
    parameter: list[str] = Field(default_factory=list, description="Of the metric, `damping=0.9`; again for more.")
    limit: int = _LIMIT
    cursor: str | None = _CURSOR
    format: TableFormat = _FORMAT

    def request(self, ranked: Ranked) -> RankingRequest:
        """As the service takes it."""
        return RankingRequest(
            entity=ranked.entity,
            metric=self.metric,
            window=make_window(self.published, self.cited, self.within, self_citations=self.self_citations),
            parameters=read_parameters(self.parameter),
            topic=self.topic,
            query=self.q,
            filter=self.filter,
            min_papers=self.min_papers,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
        )


class TrendParams(_Params):
    """What to follow over the years."""

    topic: str = _TOPIC
    q: str = _QUERY
    years: str = Field(default="", max_length=40, description="Years to list, `2000-2020`.")
    format: TableFormat = _FORMAT

    def request(self) -> TrendRequest:
        """As the service takes it."""
        return TrendRequest(topic=self.topic, query=self.q, years=parse_years(self.years, "years"))


class CollaborationParams(_Params):
    """Whose joint papers count, and how."""

    of: str = Field(default="", max_length=500, description="Only pairs with this country (its code) or institution.")
    topic: str = _TOPIC
    q: str = _QUERY
    published: str = Field(default="", max_length=40, description="Years of papers that count, `2015-2020`.")
    by_year: bool = Field(default=False, description="One row for each year of a pair.")
    counting: Counting = Field(default=Counting.FULL, description="What orders pairs, `full` or `fractional`.")
    min_papers: int = Field(default=1, ge=1, description="Joint papers that a pair must have.")
    limit: int = _LIMIT
    cursor: str | None = _CURSOR
    format: TableFormat = _FORMAT

    def request(self, kind: PartnerKind) -> PartnerRequest:
        """As the service takes it."""
        return PartnerRequest(
            kind=kind,
            of=self.of,
            topic=self.topic,
            query=self.q,
            published=parse_years(self.published, "published"),
            by_year=self.by_year,
            counting=self.counting,
            min_papers=self.min_papers,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
        )
