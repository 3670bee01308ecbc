"""The toy corpus of the contract: small enough to check by hand, awkward enough to matter.

It has duplicate titles, ties in citations, years and scores, papers without year, abstract, authors or vector, several
scripts, decomposed accents, a retracted paper, namesakes, dangling references, and ids that sort by code point.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from records.author import Author
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.engine import AuthorDocument, EngineStore, GenerationInfo, PaperDocument, Vectors

__all__ = ["AUTHORS", "DIMENSION", "METRICS", "PAPERS", "REDIRECTS", "build", "toy_vectors"]

DIMENSION = 8
METRICS = ("citations", "pagerank", "odd name/µ")

_PEOPLE: dict[str, tuple[Name, tuple[Name, ...], int]] = {
    "a:garcia": (Name("García", "José"), (Name("Garcia", "Jose Luis"),), 5),
    "a:muller-1": (Name("Müller", "Jörg"), (), 4),
    "a:muller-2": (Name("Müller", "Jörg"), (Name("Mueller", "J."),), 4),
    "a:wang-1": (Name("Wang", "Wei", native="王伟"), (), 6),
    "a:wang-2": (Name("Wang", "Wei"), (), 3),
    "a:wang-3": (Name("Wang", "Weiming"), (Name("Wang", "Wei-Ming"),), 1),
    "a:ding": (Name("Ding", "Jiayu", native="丁佳玙"), (), 2),
    "a:ivanov": (Name("Иванов", "Иван"), (), 2),
    "a:rijsbergen": (Name("Rijsbergen", "Cornelis Joost", "van"), (Name("Rijsbergen", "C. J.", "van"),), 7),
    "a:king": (Name("King", "Martin", suffix="Jr."), (), 1),
    "a:plato": (Name("Plato"), (), 0),
}

AUTHORS: tuple[AuthorDocument, ...] = tuple(
    AuthorDocument(Author(person, name, variants, papers=papers), {"h_index": float(papers)})
    for person, (name, variants, papers) in _PEOPLE.items()
)

REDIRECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "paper": (
        ("old:1", "p:01"),
        ("old:2", "old:1"),
        ("old:loop", "old:pool"),
        ("old:pool", "old:loop"),
        ("old:x", "gone"),
    ),
    "author": (("a:garcia-old", "a:garcia"), ("a:wang-1", "a:wang-2")),
}

_KDD = Venue("Conference on Knowledge Discovery", "v:kdd", "KDD", "conference")
_ACL = Venue("Meeting of the Linguists", "v:acl", "ACL", "conference")
_ACL_LATER = Venue("Meeting of the Linguists (Online)", "v:acl", "ACL", "conference")
_JOURNAL = Venue("Zeitschrift für Informatik")
_TOKYO = Affiliation("University of Tokyo, Japan", "i:tokyo", "JP")
_BONN = Affiliation("Universität Bonn", "i:bonn", "DE")
_GARAGE = Affiliation("My garage")


def _by(*people: str, where: Affiliation | None = None) -> tuple[Authorship, ...]:
    affiliations = () if where is None else (where,)
    return tuple(
        Authorship(_PEOPLE[person][0], position, person, affiliations=affiliations)
        for position, person in enumerate(people)
    )


def _doi(value: str) -> tuple[ExternalId, ...]:
    return (ExternalId(IdScheme.DOI, value),)


_ORCID = ExternalId(IdScheme.ORCID, "0000-0002-1825-0097")


def _entry(
    paper: Paper, citations: float | None = None, pagerank: float | None = None, odd: float | None = None
) -> PaperDocument:
    told = {"citations": citations, "pagerank": pagerank, "odd name/µ": odd, "not indexed": 1.0}
    return PaperDocument(paper, {name: value for name, value in told.items() if value is not None})


_T_LEARN, _T_GRAPH, _T_LANG = Topic("Learning", "t:1"), Topic("Graphs", "t:2", 0.5), Topic("Language")

_ENTRIES: tuple[PaperDocument, ...] = (
    _entry(
        Paper(
            "p:01",
            "Graph neural networks",
            "We study neural networks on graphs. Graphs are everywhere.",
            2019,
            "2019-07-28",
            _KDD,
            _by("a:garcia", "a:wang-1", where=_BONN),
            _doi("10.1000/1"),
            ("p:02", "p:03"),
            (_T_LEARN, _T_GRAPH),
            type="article",
            language="en",
        ),
        10,
        0.25,
    ),
    _entry(
        Paper(
            "p:02",
            "Neural machine translation",
            "Translation by attention alone.",
            2017,
            "2017-06",
            _ACL,
            _by("a:wang-2"),
            _doi("10.1000/2"),
            (),
            (_T_LANG, _T_LEARN),
            type="article",
            language="en",
        ),
        10,
        0.125,
        -1.0,
    ),
    _entry(
        Paper(
            "p:03",
            "Statistical machine translation",
            "",
            2003,
            "2003",
            _ACL,
            _by("a:rijsbergen", "a:ivanov"),
            references=("p:04", "nowhere"),
            topics=(_T_LANG,),
            type="article",
            language="en",
        ),
        10,
        0.125 + 1e-12,
        0.0,
    ),
    _entry(
        Paper(
            "p:04",
            "On information retrieval",
            "An evaluation of retrieval of the graph.",
            1979,
            None,
            _JOURNAL,
            _by("a:rijsbergen"),
            type="book",
            language="en",
        ),
        99,
        0.5,
        -0.0,
    ),
    _entry(Paper("p:05", "Introduction", "", 2001, "2001", _KDD, _by("a:king"), type="editorial", language="en"), 0),
    _entry(Paper("p:06", "Introduction", "", 2002, "2002", _ACL_LATER, type="editorial", language="en"), 0),
    _entry(Paper("p:07", "INTRODUCTION!", "", None, None, _ACL, type="editorial"), 0),
    _entry(
        Paper(
            "p:08",
            "深度学习在图上的应用",
            "本文研究图神经网络。",
            2019,
            "2019-07",
            None,
            _by("a:ding", "a:wang-1", where=_TOKYO),
            topics=(_T_GRAPH,),
            type="article",
            language="zh",
        ),
        3,
        0.0,
    ),
    _entry(
        Paper(
            "p:09",
            "グラフニューラルネットワーク",
            "",
            2020,
            None,
            None,
            _by("a:ding", where=_TOKYO),
            type="article",
            language="ja",
        ),
        3,
    ),
    _entry(
        Paper(
            "p:10",
            "Über die Straße: naïve Verfahren",
            "Eine Untersuchung.",
            1999,
            None,
            _JOURNAL,
            _by("a:muller-1", where=_BONN),
            type="article",
            language="de",
        ),
        1,
        1e-9,
    ),
    _entry(
        Paper(
            "p:11",
            "U\u0308ber die Strasse: naive Verfahren",
            "",
            1999,
            "1999-12-31",
            _JOURNAL,
            _by("a:muller-2"),
            type="article",
            language="de",
        ),
        1,
        1e-9,
    ),
    _entry(
        Paper(
            "p:12",
            "О графах и сетях",
            "Учёный пишет о графах.",
            1985,
            None,
            None,
            _by("a:ivanov"),
            type="article",
            language="ru",
        ),
        2,
    ),
    _entry(
        Paper(
            "p:13",
            "Programming in C++ and C#",
            "A comparison of C with C++11.",
            2012,
            None,
            None,
            type="book",
            language="en",
        ),
        2,
    ),
    _entry(Paper("p:14", "Programming in C", "No plus signs here.", 1988, None, None, type="book", language="en"), 2),
    _entry(Paper("p:15", "To be or not to be", "", 2008, None, None, _by("a:plato"), type="article", language="en"), 5),
    _entry(
        Paper(
            "p:16",
            "University of California reports",
            "The University of the State of California.",
            2010,
            None,
            _KDD,
            type="report",
            language="en",
            retracted=True,
        ),
        5,
        0.75,
    ),
    _entry(Paper("p:17", "California university", "", 2010, "2010-01-01", _KDD, type="report", language="en"), 5, 0.75),
    _entry(
        Paper("p:18", "Learning", "learning learning learning graph", 2011, None, None, topics=(_T_LEARN,)), 5, 0.75
    ),
    _entry(Paper("p:19", "Connected connections", "Connecting connection connects the connective.", 2011), 5, 0.75),
    _entry(
        Paper(
            "p:20",
            "Graph ends here",
            "networks begin here",
            2015,
            None,
            None,
            _by("a:wang-3", where=_GARAGE),
            references=("p:01",),
        ),
        7,
    ),
    _entry(
        Paper(
            "p:21",
            "A paper nobody cites",
            "",
            2021,
            None,
            None,
            (Authorship(Name("Unknown", "Solo"), 0, ids=(_ORCID,)),),
            references=("p:01", "p:02"),
        )
    ),
    _entry(Paper("p:22", "Twin results on ranking", "Equal texts give equal scores.", 2013), 4, 0.1),
    _entry(Paper("p:23", "Twin results on ranking", "Equal texts give equal scores.", 2013), 4, 0.1),
    _entry(Paper("p:24", "Twin results on ranking", "Equal texts give equal scores.", 2013), 4, 0.1),
    _entry(Paper("p:25", "Twin results on ranking", "Equal texts give equal scores.", 2014), 4, 0.2),
    _entry(
        Paper(
            "p:26",
            "Retrieval models",
            "Probabilistic models of ranking for retrieval.",
            1992,
            None,
            _JOURNAL,
            _by("a:rijsbergen", "a:garcia", "a:muller-1", "a:muller-2"),
        ),
        20,
        0.3,
        1e300,
    ),
    _entry(Paper("p:27", 'Ranking <b>papers</b> & people: 100% "quoted" text', "Percent, ampersand, AT&T.", 2016), 6),
    _entry(Paper("p:28", "مدرسة الشبكات العصبية", "", 2018, None, None, language="ar"), 6),
    _entry(Paper("p:29", "हिन्दी भाषा का विश्लेषण", "", 2018, None, None, language="hi"), 6),
    _entry(Paper("p:30", "한국어 형태소 분석", "", 2018, None, None, language="ko"), 6),
    _entry(Paper("p:31", "!!!", "", 2018), 6),
    _entry(Paper("p:32", "x" * 100 + " overlong words", "", 2018), 6),
    _entry(Paper("p:AA", "Upper case ids come before lower case ones", "", 2018), 6),
    _entry(Paper("p:aa", "Lower case ids come after upper case ones", "", 2018), 6),
    _entry(Paper("p:with space/and:10.1/x", "Ids may hold anything", "", 2018), 6),
    _entry(Paper("p:é", "Ids may hold accents", "", 2018), 6),
    _entry(Paper("p:𝔘", "Ids may lie beyond the basic plane", "", 2018), 6),
    _entry(Paper("p:ﬀ", "Ids may be ligatures", "", 2018, None, Venue("Ω" * 2_000)), 6),
)

PAPERS: tuple[PaperDocument, ...] = tuple(sorted(_ENTRIES, key=lambda entry: entry.paper.id))


def toy_vectors(papers: Sequence[PaperDocument] = PAPERS) -> tuple[Vectors, npt.NDArray[np.bool_]]:
    """Unit vectors: random, but equal for twins, and none for every fifth paper."""
    rows = np.random.default_rng(7).normal(size=(len(papers), DIMENSION)).astype(np.float32)
    first: dict[str, int] = {}
    for row, entry in enumerate(papers):
        rows[row] = rows[first.setdefault(entry.paper.title, row)]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows, np.arange(len(papers)) % 5 != 3


def build(store: EngineStore, papers: Sequence[PaperDocument] = PAPERS, *, batch: int = 7) -> GenerationInfo:
    """Build and commit a generation of ``papers`` with all people and redirects."""
    vectors, mask = toy_vectors(papers)
    writer = store.writer(model="toy", dimension=DIMENSION, source_digest="digest", metrics=METRICS)
    for start in range(0, len(papers), batch):
        part = slice(start, start + batch)
        writer.add_papers(papers[part], vectors[part], mask[part])
    writer.add_authors(AUTHORS)
    for kind, pairs in REDIRECTS.items():
        writer.add_redirects(kind, pairs)
    return writer.commit()
