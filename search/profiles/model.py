"""What a profile says of a person: rows of numbers with the names to show for them."""

from __future__ import annotations

from dataclasses import dataclass

from search.engine import AuthorDocument

__all__ = [
    "CENTRAL",
    "PARTS",
    "CitingRow",
    "CoauthorRow",
    "Cohort",
    "KinRow",
    "MetricRow",
    "Network",
    "NetworkLink",
    "PaperRow",
    "PlaceRow",
    "Profile",
    "ProfileOptions",
    "Standing",
    "TopicRow",
    "TopicYear",
    "Totals",
    "VenueRow",
    "YearRow",
]

PARTS = (
    "totals",
    "years",
    "metrics",
    "standing",
    "topics",
    "pinned",
    "most_cited",
    "most_central",
    "venues",
    "places",
    "coauthors",
    "cited_by",
    "cites",
    "advisors",
    "advisees",
    "network",
)
"""What of a profile can be asked for alone."""


CENTRAL = "pagerank"
"""The paper metric that says which papers are central unless another is asked for."""


@dataclass(frozen=True, slots=True)
class ProfileOptions:
    """``select``: names of :data:`PARTS`, none for all. ``limit``: rows of a list, 1 to 100. ``network``: co-authors in
    the ego network, 1 to 100. ``central``: the paper metric that says which papers are central.
    """

    select: tuple[str, ...] = ()
    limit: int = 10
    network: int = 30
    central: str = CENTRAL


@dataclass(frozen=True, slots=True)
class Totals:
    """Whole numbers that the other parts add up to.

    ``citations`` counts links from a citing paper to one of the person's; of these, ``self_citations`` come from papers
    of the person, and ``independent_citations`` from papers that share no author with the paper they cite. Those called
    undated have no year, and so are in no row of ``years``. ``citing_people`` and ``cited_people`` are others than the
    person. ``crowded_papers`` have so many authors that they make nobody a co-author. ``cited_until`` is the last year
    of any paper of the collection that cites another: later citations are not known, rather than none.
    """

    papers: int
    undated_papers: int
    crowded_papers: int
    citations: int
    self_citations: int
    independent_citations: int
    undated_citations: int
    undated_independent_citations: int
    citing_papers: int
    citing_people: int
    references: int
    cited_people: int
    coauthors: int
    first_year: int | None
    last_year: int | None
    cited_until: int | None


@dataclass(frozen=True, slots=True)
class YearRow:
    """Papers of a year, and citations by papers of that year: all, and those that share no author."""

    year: int
    papers: int
    citations: int
    independent_citations: int


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric; ``percentile`` of 100 people like this one have less (None: not compared, or all have the same)."""

    name: str
    value: float
    percentile: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whom percentiles compare with: people with the same most frequent topic whose first papers are of these years.

    It is one year unless few share topic and year (:func:`ranking.cohorts.peer_groups`); None where it is unknown.
    """

    topic: str | None
    first_year: int | None
    last_year: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the person stands in the cores of the citation and the co-authorship graph.

    ``sentence`` says it with these numbers: ``value`` of the metric, ``largest`` of anyone, how many ``people`` reach
    the value, of ``of_people``.
    """

    metric: str
    value: float
    largest: float
    people: int
    of_people: int
    sentence: str


@dataclass(frozen=True, slots=True)
class TopicYear:
    """Papers of a year."""

    year: int
    papers: int


@dataclass(frozen=True, slots=True)
class TopicRow:
    """Papers on a topic, and when: ``years`` ascending, dated papers only."""

    topic: str
    papers: int
    first_year: int | None
    last_year: int | None
    years: tuple[TopicYear, ...]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper of a list. ``value`` is what the list is sorted by."""

    id: str
    title: str
    year: int | None
    venue: str | None
    citations: int
    value: float


@dataclass(frozen=True, slots=True)
class VenueRow:
    """Papers in a venue, and when."""

    name: str
    papers: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An institution or a country (``kind``) on the person's papers, and when."""

    kind: str
    id: str
    name: str
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class CoauthorRow:
    """Someone papers were written with, how many, and when."""

    id: str
    name: str
    papers: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class CitingRow:
    """Someone who cites (or is cited): by how many links, from (or to) how many papers of theirs."""

    id: str
    name: str
    citations: int
    papers: int


@dataclass(frozen=True, slots=True)
class KinRow:
    """A guess that someone advised (or was advised): never a fact.

    ``confidence`` in (0, 1), by ``rule`` (see :mod:`search.profiles.kinship`), from ``papers``, ids of the papers that
    speak for it, out of ``early_papers`` that could have.
    """

    id: str
    name: str
    confidence: float
    rule: str
    papers: tuple[str, ...]
    early_papers: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class NetworkLink:
    """Two co-authors of the person who wrote ``papers`` together."""

    a: str
    b: str
    papers: int


@dataclass(frozen=True, slots=True)
class Network:
    """Co-authors (most joint papers first) and who of them wrote with whom; ``cut`` says who was left out."""

    people: tuple[CoauthorRow, ...]
    links: tuple[NetworkLink, ...]
    of_people: int
    cut: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, and what was asked for; other parts are None."""

    document: AuthorDocument
    generation: str
    totals: Totals | None = None
    years: tuple[YearRow, ...] | None = None
    metrics: tuple[MetricRow, ...] | None = None
    cohort: Cohort | None = None
    standing: tuple[Standing, ...] | None = None
    topics: tuple[TopicRow, ...] | None = None
    pinned: tuple[PaperRow, ...] | None = None
    most_cited: tuple[PaperRow, ...] | None = None
    most_central: tuple[PaperRow, ...] | None = None
    central_by: str | None = None
    venues: tuple[VenueRow, ...] | None = None
    places: tuple[PlaceRow, ...] | None = None
    coauthors: tuple[CoauthorRow, ...] | None = None
    cited_by: tuple[CitingRow, ...] | None = None
    cites: tuple[CitingRow, ...] | None = None
    advisors: tuple[KinRow, ...] | None = None
    advisees: tuple[KinRow, ...] | None = None
    network: Network | None = None
