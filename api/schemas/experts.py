"""Expert finding over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.schemas.params import MAX_LIMIT, check_select, cursor_of, split
from api.schemas.search import Links, WarningModel
from search.experts import Coverage, Expert, ExpertRequest, ExpertResult

__all__ = ["MAX_PAPERS", "MAX_TEXTS", "ExpertBody", "ExpertModel", "ExpertParams", "ExpertResponse"]

MAX_TEXTS, MAX_PAPERS, MAX_EXCLUDED = 20, 50, 10_000

_FILTER = Field(
    default="", max_length=10_000, description="Who may be listed: `country:DE|AT,last_year:2020-,h_index:5-30`."
)
_PAPER_FILTER = Field(default="", max_length=10_000, description="Which papers count: `year:2015-,type:article`.")
_EXCLUDE_AUTHORS = Field(default=False, description="Leave out the authors of the papers asked with.")
_HALF_LIFE = Field(
    default=None, gt=0, le=1000, description="Years after which a paper counts half; age does not matter by default."
)
_SORT = Field(
    default="relevance",
    max_length=100,
    description="`relevance`, or a metric, `papers`, `last_year`, which reorders the most relevant 100; "
    "`:asc` or `:desc` behind it.",
)
_LIMIT = Field(default=10, ge=1, le=MAX_LIMIT, description="People a page.")
_CURSOR = Field(default=None, max_length=4096, description="`next_cursor` of the page before; `*` for the first.")
_EVIDENCE = Field(default=5, ge=0, le=50, description="Papers to show with each person.")
_COVERAGE = Field(default=False, description="Say which aspects of the need each person covers.")
_SELECT = Field(default=None, max_length=1000, description="Fields of a person to return, separated by commas.")


class _Shared(BaseModel):
    model_config = ConfigDict(extra="forbid")

    filter: str = _FILTER
    paper_filter: str = _PAPER_FILTER
    exclude_authors: bool = _EXCLUDE_AUTHORS
    half_life: float | None = _HALF_LIFE
    sort: str = _SORT
    limit: int = _LIMIT
    cursor: str | None = _CURSOR
    evidence: int = _EVIDENCE
    coverage: bool = _COVERAGE
    select: str | None = _SELECT

    @field_validator("select")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        return check_select(value, ExpertModel)

    def _request(self, **needs: Any) -> ExpertRequest:
        return ExpertRequest(
            **needs,
            filter=self.filter,
            paper_filter=self.paper_filter,
            exclude_authors=self.exclude_authors,
            half_life=self.half_life,
            sort=self.sort,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
            evidence=self.evidence,
            coverage=self.coverage,
        )


class ExpertParams(_Shared):
    """A need short enough for an address."""

    q: str = Field(default="", description="The need, as a query.")
    paper: str | None = Field(default=None, max_length=5000, description="Ids of papers, separated by commas.")
    exclude: str | None = Field(default=None, description="Ids of people not to list, separated by commas.")

    def request(self) -> ExpertRequest:
        """As the service takes it."""
        return self._request(query=self.q, papers=split(self.paper), exclude=split(self.exclude))


class ExpertBody(_Shared):
    """A need of any length. At least one of `query`, `texts` and `papers` must be given."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"texts": ["- graph neural networks\n- parsing\n- speech"], "coverage": True}]},
    )

    query: str = Field(default="", max_length=10_000, description="In the query language.")
    texts: list[str] = Field(
        default_factory=list,
        max_length=MAX_TEXTS,
        description="Plain texts: abstracts, a call for papers (each item of its list is a need of its own).",
    )
    papers: list[str] = Field(default_factory=list, max_length=MAX_PAPERS, description="Ids of papers.")
    exclude: list[str] = Field(default_factory=list, max_length=MAX_EXCLUDED, description="Ids of people not to list.")

    def request(self) -> ExpertRequest:
        """As the service takes it."""
        return self._request(
            query=self.query, texts=tuple(self.texts), papers=tuple(self.papers), exclude=tuple(self.exclude)
        )


class EvidenceModel(BaseModel):
    """A paper behind a person's score."""

    id: str
    title: str
    year: int | None
    share: float = Field(description="Of the person's score, in [0, 1].")
    relevance: float = Field(description="1 for the most relevant paper; 0: counts by its authors' other papers only.")
    lexical: float = Field(description="Standard deviations above the mean of the pool, by words.")
    vector: float | None = Field(description="The same by meaning; null where that is not known.")
    words: list[str] = Field(description="Words of the need in title or abstract.")


class PlaceModel(BaseModel):
    """Where a person was last, as printed."""

    affiliation: str
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    year: int | None


class CoverModel(BaseModel):
    """An aspect that a person covers (`aspect`: its place in `coverage.aspects`), and the paper that says so most."""

    aspect: int
    strength: float = Field(description="1 for whoever covers the aspect best.")
    paper: str
    title: str


class ExpertModel(BaseModel):
    """A person, and what speaks for them."""

    id: str
    rank: int
    name: str
    score: float = Field(description="Share of the walk from the relevant papers that ends with the person.")
    parts: dict[str, float] = Field(description="`own papers` and `through co-authors` add up to the score.")
    relevant: int = Field(description="Relevant papers the person wrote.")
    papers: int = Field(description="All papers the person wrote.")
    first_year: int | None
    last_year: int | None
    place: PlaceModel
    evidence: list[EvidenceModel]
    topics: dict[str, float] = Field(description="Share of the score by main topic of the paper.")
    metrics: dict[str, float]
    percentiles: dict[str, float] = Field(description="Within field and career age, by metric.")
    covers: list[CoverModel]
    query_author: bool = Field(description="Whether the person wrote one of the papers asked with.")

    @classmethod
    def of(cls, expert: Expert) -> ExpertModel:
        """From the service's."""
        return cls.model_validate(expert, from_attributes=True)


class AspectModel(BaseModel):
    """A part of the need, the relevant papers about it, and who of this page covers it."""

    text: str
    papers: int
    experts: list[str]


class CoverageModel(BaseModel):
    """The aspects of the need, and the share of them that somebody on this page covers."""

    aspects: list[AspectModel]
    covered: float

    @classmethod
    def of(cls, coverage: Coverage | None) -> CoverageModel | None:
        """From the service's."""
        return None if coverage is None else cls.model_validate(coverage, from_attributes=True)


class ExpertResponse(BaseModel):
    """One page of experts. ``total`` counts everybody found and is the same on every page."""

    total: int
    results: list[ExpertModel]
    needs: list[str] = Field(description="What was asked for; several are pooled.")
    pool: int = Field(description="Papers that were compared.")
    relevant: int = Field(description="Papers of the pool that count.")
    coverage: CoverageModel | None = None
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    took_ms: float = 0.0
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, result: ExpertResult, links: Links | None = None) -> ExpertResponse:
        """From the service's answer."""
        return cls(
            total=result.total,
            results=[ExpertModel.of(expert) for expert in result.experts],
            needs=list(result.needs),
            pool=result.pool,
            relevant=result.relevant,
            coverage=CoverageModel.of(result.coverage),
            warnings=[WarningModel(code=w.code, message=w.message) for w in result.warnings],
            generation=result.generation,
            took_ms=result.took_ms,
            next_cursor=result.next,
            links=links,
        )
