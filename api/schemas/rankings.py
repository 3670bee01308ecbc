"""Rankings, trends and collaborations over the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.ranking_params import Ranked
from api.schemas.search import Links, WarningModel
from api.schemas.service import MetricModel
from ranking.growth import Growth
from search.rankings import Partners, RankedRow, Ranking, Scope, TopicTrends, Trends, write_years
from search.rankings.partners import Counting, Partner, PartnerKind, PartnerPair
from search.rankings.trends import TopicTrend, TrendYear

__all__ = [
    "Collaborations",
    "PairModel",
    "RankedRowModel",
    "RankingResponse",
    "ScopeModel",
    "TopicTrendsResponse",
    "TrendYearModel",
    "TrendsResponse",
]


class ScopeModel(BaseModel):
    """Which papers were looked at: of a topic, matching a query (as it was understood), or all."""

    topic: str = ""
    query: str = ""
    papers: int

    @classmethod
    def of(cls, scope: Scope) -> ScopeModel:
        """From the service's."""
        return cls(topic=scope.topic, query=scope.query, papers=scope.count)


class WindowModel(BaseModel):
    """The window as it was understood; "" and null limit nothing."""

    published: str
    cited: str
    within: int | None
    self_citations: bool


class CountedModel(BaseModel):
    """What the numbers rest on: papers in scope and window, citations of them in the window, and the last year of any
    paper that cites another one here.
    """

    papers: int
    citations: int
    cited_until: int | None


class RankedRowModel(BaseModel):
    """One row. `percentile` is that among `peers` of the same field and age; the other numbers are of the window."""

    rank: int = Field(description="Equal values share a rank.")
    id: str
    label: str = Field(description="Name or title.")
    value: float
    percentile: float | None = Field(description="Percent of the peers below, ties counting half; null without peers.")
    peers: int
    citations: int
    papers: int | None = None
    h_index: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    authors: list[str] = Field(default_factory=list, description="Names on a paper.")
    where: str = Field(default="", description="A paper's venue, or where a person was last, as printed.")

    @classmethod
    def of(cls, row: RankedRow) -> RankedRowModel:
        """From the service's."""
        return cls.model_validate(row, from_attributes=True)


class RankingResponse(BaseModel):
    """One page of a ranking. ``total`` is how many are ranked, the same on every page."""

    entity: Ranked
    metric: MetricModel
    parameters: dict[str, float]
    window: WindowModel
    scope: ScopeModel
    counted: CountedModel
    total: int
    results: list[RankedRowModel]
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    took_ms: float = 0.0
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, ranking: Ranking, links: Links | None = None) -> RankingResponse:
        """From the service's answer."""
        window = ranking.window
        return cls(
            entity=Ranked(f"{ranking.metric.entity.value}s"),
            metric=MetricModel.of(ranking.metric),
            parameters=dict(ranking.parameters),
            window=WindowModel(
                published=write_years(window.published),
                cited=write_years(window.cited),
                within=window.within,
                self_citations=window.self_citations,
            ),
            scope=ScopeModel.of(ranking.scope),
            counted=CountedModel.model_validate(ranking.counted, from_attributes=True),
            total=ranking.total,
            results=[RankedRowModel.of(row) for row in ranking.rows],
            warnings=[WarningModel(code=w.code, message=w.message) for w in ranking.warnings],
            generation=ranking.generation,
            took_ms=ranking.took_ms,
            next_cursor=ranking.next,
            links=links,
        )


class TrendYearModel(BaseModel):
    """One year of a topic."""

    year: int
    papers: int
    share: float = Field(description="Of the collection's papers of the year.")
    citations: int | None = Field(description="Received in the year; null where no paper of it cites any other.")
    people: int
    new_people: int = Field(description="Who wrote on it for the first time.")
    complete: bool = Field(description="Whether no more papers of the year are to be expected.")

    @classmethod
    def of(cls, year: TrendYear) -> TrendYearModel:
        """From the service's."""
        return cls.model_validate(year, from_attributes=True)


class GrowthModel(BaseModel):
    """Yearly growth (0.1 is 10% a year) with its 95% interval."""

    rate: float
    low: float
    high: float

    @classmethod
    def of(cls, growth: Growth | None) -> GrowthModel | None:
        """From the fit."""
        return None if growth is None else cls.model_validate(growth, from_attributes=True)


class TopicTrendModel(BaseModel):
    """A topic, its papers of the growth years, their share of the collection's, and how the share grows."""

    topic: str
    papers: int
    recent: int
    share: float
    share_growth: GrowthModel | None

    @classmethod
    def of(cls, topic: TopicTrend) -> TopicTrendModel:
        """From the service's."""
        return cls.model_validate(topic, from_attributes=True)


class TopicTrendsResponse(BaseModel):
    """All topics, those first whose share surely grows most (by the low end of the interval)."""

    growth_years: str
    results: list[TopicTrendModel]
    generation: str = ""

    @classmethod
    def of(cls, found: TopicTrends) -> TopicTrendsResponse:
        """From the service's answer."""
        return cls(
            growth_years=write_years(found.growth_years),
            results=[TopicTrendModel.of(topic) for topic in found.topics],
            generation=found.generation,
        )


class TrendsResponse(BaseModel):
    """Every year of a topic. Growth is told from the complete years `growth_years`."""

    scope: ScopeModel
    results: list[TrendYearModel]
    undated: int = Field(description="Papers without a year.")
    growth_years: str
    growth: GrowthModel | None
    share_growth: GrowthModel | None = Field(description="Of the share of the collection; null for all of it.")
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    took_ms: float = 0.0

    @classmethod
    def of(cls, trends: Trends) -> TrendsResponse:
        """From the service's answer."""
        return cls(
            scope=ScopeModel.of(trends.scope),
            results=[TrendYearModel.of(year) for year in trends.years],
            undated=trends.undated,
            growth_years=write_years(trends.growth_years),
            growth=GrowthModel.of(trends.growth),
            share_growth=GrowthModel.of(trends.share_growth),
            warnings=[WarningModel(code=w.code, message=w.message) for w in trends.warnings],
            generation=trends.generation,
            took_ms=trends.took_ms,
        )


class PairModel(BaseModel):
    """Two that published together."""

    first: str
    first_label: str
    second: str
    second_label: str
    year: int | None = Field(description="Null where years are not told apart, or unknown.")
    papers: int = Field(description="Joint papers, each counting 1.")
    fractional: float = Field(description="Joint papers, one of n countries (institutions) counting 1/(n - 1).")
    salton: float = Field(description="Joint papers over the geometric mean of the papers of both.")

    @classmethod
    def of(cls, pair: PartnerPair) -> PairModel:
        """From the service's."""
        return cls.model_validate(pair, from_attributes=True)


class MemberModel(BaseModel):
    """A country or institution, its papers in scope and window, and how many of them with others."""

    id: str
    label: str
    papers: int
    fractional: float = Field(description="Papers, one of n countries (institutions) counting 1/n.")
    joint: int

    @classmethod
    def of(cls, member: Partner) -> MemberModel:
        """From the service's."""
        return cls.model_validate(member, from_attributes=True)


class Collaborations(BaseModel):
    """One page of pairs. Of the ``papers`` looked at ``placed`` name a country (institution), ``joint`` several."""

    kind: PartnerKind
    scope: ScopeModel
    published: str
    counting: Counting
    papers: int
    placed: int
    joint: int
    total: int
    results: list[PairModel]
    members: list[MemberModel] = Field(description="Those in the pairs of this page.")
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    took_ms: float = 0.0
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, found: Partners, links: Links | None = None) -> Collaborations:
        """From the service's answer."""
        return cls(
            kind=found.request.kind,
            scope=ScopeModel.of(found.scope),
            published=write_years(found.request.published),
            counting=found.request.counting,
            papers=found.papers,
            placed=found.placed,
            joint=found.joint,
            total=found.total,
            results=[PairModel.of(pair) for pair in found.pairs],
            members=[MemberModel.of(member) for member in found.members],
            warnings=[WarningModel(code=w.code, message=w.message) for w in found.warnings],
            generation=found.generation,
            took_ms=found.took_ms,
            next_cursor=found.next,
            links=links,
        )
