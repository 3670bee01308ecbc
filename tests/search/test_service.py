"""Paper search on every engine at hand: what is found, in what order, and what is said about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from records.errors import FilterError, QueryError
from search.engine import Engine
from search.request import Mode, SearchRequest, SearchResult
from search.service import PaperSearch
from tests.search.conftest import Opener
from tests.search.library import ConceptEmbedder, Library, paper, shelf


def ids(result: SearchResult) -> list[str]:
    return [hit.id for hit in result.hits]


def codes(result: SearchResult) -> set[str]:
    return {warning.code for warning in result.warnings}


def ask(papers: PaperSearch, text: str = "", **options: object) -> SearchResult:
    return papers.search(replace(SearchRequest(text, limit=100), **options))  # type: ignore[arg-type]


def test_hybrid_finds_words_first_and_meanings_besides(papers: PaperSearch) -> None:
    lexical = ask(papers, "car", mode=Mode.LEXICAL)
    assert ids(lexical) == ["p:car"]
    assert lexical.mode is Mode.LEXICAL
    hybrid = ask(papers, "car")
    assert hybrid.mode is Mode.HYBRID
    assert ids(hybrid)[0] == "p:car"
    assert set(ids(hybrid)[1:3]) == {"p:auto", "p:vehicle"}
    # Every paper with a vector is among the nearest of so few; the one without is found by neither half.
    assert hybrid.total == 15
    assert "p:doctor" not in ids(hybrid)
    vector = ask(papers, "car", mode=Mode.VECTOR)
    assert set(ids(vector)[:3]) == {"p:car", "p:auto", "p:vehicle"}
    assert vector.total == 15


def test_a_paper_without_a_vector_is_found_by_its_words(papers: PaperSearch) -> None:
    assert ids(ask(papers, "doctors"))[0] == "p:doctor"


@pytest.mark.parametrize(
    "text",
    [
        '"graph neural"',
        "graph AND neural",
        "graph OR neural",
        "+graph +neural",
        "neur*",
    ],
)
def test_explicit_queries_are_conditions_for_both_halves(papers: PaperSearch, text: str) -> None:
    hybrid, lexical = ask(papers, text), ask(papers, text, mode=Mode.LEXICAL)
    assert set(ids(hybrid)) == set(ids(lexical)) != set()
    assert hybrid.total == lexical.total
    assert set(ids(ask(papers, text, mode=Mode.VECTOR))) <= set(ids(lexical))


@pytest.mark.parametrize(
    ("text", "filters", "allowed"),
    [
        ("car year:1990..1999", "", {"p:car", "p:auto", "p:syntax"}),
        ("car", "year:1990-1999", {"p:car", "p:auto", "p:syntax"}),
        ("car -made year:<2000 citations:>2", "", {"p:auto", "p:syntax"}),
        ("car author:smith", "", {"p:vehicle"}),
        ("car type:book", "", {"p:auto"}),
        ("car", "type:!article", {"p:auto"}),
    ],
)
def test_conditions_hold_for_what_only_the_vector_finds(
    papers: PaperSearch, text: str, filters: str, allowed: set[str]
) -> None:
    for mode in (Mode.HYBRID, Mode.VECTOR):
        found = ask(papers, text, filter=filters, mode=mode)
        required = {"p:car"} & allowed if "author" not in text else allowed
        assert required <= set(ids(found)) <= allowed
        assert found.total == len(found.hits)


def test_a_fielded_word_is_a_condition(papers: PaperSearch) -> None:
    assert set(ids(ask(papers, "title:networks learning"))) <= {"p:graph", "p:graph-2"}
    assert set(ids(ask(papers, "title:(graph networks)"))) == {"p:graph", "p:graph-2"}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    "text", ["car", "graph networks", '"graph neural"', "translation attention all", "", "type:article"]
)
def test_facets_count_the_total(papers: PaperSearch, text: str, mode: Mode) -> None:
    result = ask(papers, text, mode=mode, facets=("type", "venue.name:1", "language"), limit=1)
    for facet in result.facets:
        assert sum(value.count for value in facet.values) + facet.other == result.total
    everything = ask(papers, text, mode=mode)
    assert len(everything.hits) == everything.total == result.total
    kinds = {value.value: value.count for value in result.facets[0].values}
    assert kinds.get("book", 0) == sum(hit.paper.type == "book" for hit in everything.hits)


@pytest.mark.parametrize(
    "text",
    [
        "attention is all you need",
        "Attention Is All You Need.",
        '"Attention Is All You Need"',
        "attention is all you need 2017",
        "Attention is all you need (2017)",
        "Ashish Vaswani. 2017. Attention is all you need. In NIPS.",
        "Vaswani et al., 2017, Attention is all you need",
        "attention is all you need, A. Vaswani",
        "attention is all you need by Vaswani",
        "attention is all you need year:2017",
    ],
)
@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
def test_a_title_puts_its_paper_first(papers: PaperSearch, text: str, mode: Mode) -> None:
    result = ask(papers, text, mode=mode, explain=True)
    assert ids(result)[0] == "p:attention"
    assert result.hits[0].explanation["exact title"] > 0


def test_papers_of_one_title_go_by_citations(papers: PaperSearch) -> None:
    assert ids(ask(papers, "attention is all you need"))[:2] == ["p:attention", "p:attention-2"]


@pytest.mark.parametrize("text", ["Attention is all you need: not really", "Vehicle safety, Ashish Vaswani, 2005"])
def test_other_words_around_a_title_are_no_title(papers: PaperSearch, text: str) -> None:
    assert not any("exact title" in hit.explanation for hit in ask(papers, text, explain=True).hits)


def test_a_title_respects_filters(papers: PaperSearch) -> None:
    assert ids(ask(papers, "attention is all you need", filter="year:2018"))[0] == "p:attention-2"
    assert "p:attention" not in ids(ask(papers, "attention is all you need -transformer"))


def test_a_title_of_stopwords_is_found(papers: PaperSearch) -> None:
    for mode in (Mode.LEXICAL, Mode.HYBRID):
        result = ask(papers, "To be or not to be", mode=mode)
        assert ids(result)[0] == "p:tobe"
        assert result.total == len(result.hits)
        assert "stopwords-ignored" in codes(result)


def test_papers_with_a_rare_word_stay_above_merely_near_ones(papers: PaperSearch) -> None:
    result = ask(papers, "BLEURT embedding", explain=True)
    assert ids(result)[0] == "p:bleurt"
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)


def test_the_rare_word_guard_is_what_keeps_them_above(opener: Opener) -> None:
    near = [paper(f"v:{n:02d}", "Automobile vehicle", "Auto.") for n in range(30)]
    common = [paper(f"x:{n:02d}", "Handbook, printer, cable, sheet") for n in range(10)]
    rare = paper("w:rare", "Zebra", "The ZX81 and much else besides. " + "Padding text of no interest here. " * 20)
    papers = PaperSearch(opener(Library([*near, *common, rare])), ConceptEmbedder())
    guarded = ask(papers, "ZX81 car handbook printer cable sheet", explain=True)
    order = ids(guarded)
    assert {entry.paper.id for entry in near} < set(order)
    assert all(order.index("w:rare") < order.index(entry.paper.id) for entry in near)
    assert {hit.id for hit in guarded.hits if "rare word" in hit.explanation} == {entry.paper.id for entry in near}
    # What is common is not protected.
    plain = ask(papers, "car handbook printer cable sheet", explain=True)
    assert not any("rare word" in hit.explanation for hit in plain.hits)


def test_conditions_do_not_score(papers: PaperSearch) -> None:
    alone, limited = (
        ask(papers, text, mode=Mode.LEXICAL) for text in ("graph", "graph author:doe venue:meeting year:*")
    )
    assert [(hit.id, hit.score) for hit in alone.hits] == [(hit.id, hit.score) for hit in limited.hits]


def test_explanations_add_up(papers: PaperSearch) -> None:
    for text in ("graph networks", "attention is all you need", "BLEURT embedding"):
        for hit in ask(papers, text, explain=True).hits:
            own = {name: part for name, part in hit.explanation.items() if not name.startswith(("bm25:", "prefix:"))}
            assert sum(own.values()) == pytest.approx(hit.score)
    lexical = ask(papers, "graph networks", mode=Mode.LEXICAL, explain=True)
    for hit in lexical.hits:
        words = sum(part for name, part in hit.explanation.items() if name.startswith("bm25:"))
        assert words == pytest.approx(hit.score, rel=1e-4)
    assert all(not hit.explanation for hit in ask(papers, "graph networks").hits)


def test_sorts(papers: PaperSearch) -> None:
    cited = ask(papers, "attention graph", sort="citations")
    assert ids(cited) == ["p:attention", "p:graph", "p:attention-2", "p:graph-2", "p:survey"]
    assert cited.mode is Mode.LEXICAL
    assert codes(cited) == {"sorted-lexical-only"}
    assert ids(ask(papers, "attention graph", sort="date:asc", mode=Mode.LEXICAL))[0] == "p:attention"
    near = ask(papers, "car", mode=Mode.VECTOR, sort="citations", limit=3)
    assert near.total == 15
    assert ids(near) == ["p:attention", "p:seq", "p:graph"]


def test_other_sorts_want_every_plain_word(papers: PaperSearch) -> None:
    loose = ask(papers, "graph learning", mode=Mode.LEXICAL)
    cited = ask(papers, "graph learning", sort="citations")
    both = ask(papers, "graph AND learning", sort="citations")
    assert codes(cited) == {"sorted-lexical-only", "sorted-all-words"}
    assert ids(cited) == ids(both)
    assert 0 < cited.total == both.total < loose.total
    assert codes(ask(papers, "how are graph learning", sort="date", mode=Mode.LEXICAL)) == {"sorted-all-words"}
    assert not codes(ask(papers, "graph", sort="date", mode=Mode.LEXICAL))


def test_browsing_lists_the_most_cited(papers: PaperSearch) -> None:
    everything = ask(papers)
    assert everything.total == 16
    assert ids(everything)[:3] == ["p:attention", "p:seq", "p:graph"]
    assert everything.interpretation == ""
    assert not everything.warnings
    assert ids(ask(papers, filter="year:<1995")) == ["p:car", "p:müller", "p:tobe"]
    assert ids(ask(papers, "author:doe year:2010..2018"))[:2] == ["p:seq", "p:graph"]
    assert ids(ask(papers, "year:<1995", sort="date")) == ["p:car", "p:müller", "p:tobe"]


def test_ids_are_looked_up(papers: PaperSearch) -> None:
    assert ids(ask(papers, "doi:10.1000/ATTENTION")) == ["p:attention"]
    assert ids(ask(papers, "https://doi.org/10.1000/attention")) == ["p:attention"]
    assert ask(papers, "10.48550/arXiv.1706.03762").interpretation == "doi:10.48550/arxiv.1706.03762"
    assert ids(ask(papers, "see https://doi.org/10.1000/attention and the car industry"))[0] == "p:attention"
    assert ids(ask(papers, "id:old:graph")) == ["p:graph"]
    assert ask(papers, "id:old:graph").interpretation == "id:p:graph"
    assert ids(ask(papers, "author.id:a:old-smith")) == ["p:vehicle"]
    assert ids(ask(papers, "cites:p:graph")) == ["p:syntax", "p:graph-2"]
    assert ids(ask(papers, "cites:old:graph")) == ["p:syntax", "p:graph-2"]
    assert ids(ask(papers, "citedby:p:syntax")) == ["p:seq", "p:graph"]
    assert ids(ask(papers, "citedby:doi:10.1000/attention")) == ["p:seq"]
    assert ids(ask(papers, filter="citedby:p:syntax,year:>2015")) == ["p:graph"]
    assert ask(papers, "citedby:p:syntax").interpretation == "citedby:p:syntax"


@pytest.mark.parametrize(
    "text", ["id:nope", "cites:nope", "citedby:nope", "author.id:nope", "doi:10.1000/nope", "10.1000/nope"]
)
def test_unknown_ids_find_nothing_and_say_so(papers: PaperSearch, text: str) -> None:
    result = ask(papers, text)
    assert result.total == 0
    assert codes(result) == {"unknown-id"}
    assert "nope" in result.warnings[0].message


def test_without_vectors_a_search_is_lexical(opener: Opener) -> None:
    engine = opener(replace(shelf(), model="another model"))
    cases = [(PaperSearch(engine, ConceptEmbedder()), "another model"), (PaperSearch(engine), "no embedder")]
    bare = Library([paper("p:1", "Car")], without_vector=frozenset(["p:1"]))
    cases.append((PaperSearch(opener(bare), ConceptEmbedder()), "without vectors"))
    for papers, why in cases:
        for mode in (Mode.HYBRID, Mode.VECTOR):
            result = ask(papers, "car", mode=mode)
            assert result.mode is Mode.LEXICAL
            assert ids(result)[0].startswith("p:")
            assert codes(result) == {"vectors-unavailable"}
            assert why in result.warnings[0].message
        assert not ask(papers, "car", mode=Mode.LEXICAL).warnings


def test_nothing_to_embed(papers: PaperSearch) -> None:
    assert codes(ask(papers, "year:2018", mode=Mode.VECTOR)) == {"nothing-to-embed"}
    assert not ask(papers, "year:2018").warnings


def test_warnings_about_words(papers: PaperSearch) -> None:
    result = ask(papers, "grammer of graphs")
    assert codes(result) == {"unknown-words"}
    assert "grammar" in result.warnings[0].message
    assert "author:vaswani" in ask(papers, "vaswani graph").warnings[0].message
    assert "stopwords-ignored" in codes(ask(papers, "the AND graph"))
    assert not ask(papers, "the graph of networks").warnings


def test_function_words_find_nothing_by_themselves(papers: PaperSearch) -> None:
    assert "p:attention" not in ids(ask(papers, "how can I learn about graphs for all of you", mode=Mode.LEXICAL))


def test_a_whole_abstract_can_be_pasted(papers: PaperSearch) -> None:
    text = " ".join(f"word{n}" for n in range(900)) + " Learning on a graph: nodes of networks. " * 10
    result = ask(papers, text)
    assert ids(result)[0] == "p:graph"
    assert "query-shortened" in codes(result)


def test_scripts_and_accents(papers: PaperSearch) -> None:
    assert ids(ask(papers, "uber NAIVE grossen", mode=Mode.LEXICAL)) == ["p:müller"]
    assert ids(ask(papers, "author:muller")) == ["p:müller"]
    assert ids(ask(papers, "resume", mode=Mode.LEXICAL)) == ["p:müller"]
    assert ids(ask(papers, '"神经网络"')) == ["p:cjk"]
    assert ids(ask(papers, "机器翻译"))[0] == "p:cjk"
    assert ids(ask(papers, "C++", mode=Mode.LEXICAL)) == ["p:cpp"]


def test_highlights(papers: PaperSearch) -> None:
    result = ask(papers, "graph edges", highlight=True)
    hit = next(hit for hit in result.hits if hit.id == "p:graph")
    assert hit.highlights["title"] == ("<mark>Graph</mark> neural networks",)
    assert hit.highlights["abstract"] == ("Learning on a <mark>graph</mark>: nodes &amp; &lt;<mark>edges</mark>&gt;.",)
    assert all(not hit.highlights for hit in ask(papers, "graph").hits)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "…?!"}, "nothing to search for"),
        ({"text": 'a "b'}, "not closed"),
        ({"limit": 0}, "between 1 and 1000"),
        ({"limit": 1001}, "between 1 and 1000"),
        ({"sort": "beauty"}, "citations, date"),
        ({"sort": "date:up"}, ":asc or :desc"),
        ({"sort": "relevance:asc"}, "ascending relevance"),
        ({"facets": ("mood",)}, "venue.name"),
        ({"facets": ("year:0",)}, "between 1 and"),
    ],
)
def test_wrong_requests(papers: PaperSearch, options: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask(papers, **options)  # type: ignore[arg-type]


def test_wrong_filters(papers: PaperSearch) -> None:
    with pytest.raises(FilterError, match="the filters are abstract"):
        ask(papers, filter="mood:good")


def test_the_answer_names_its_generation(opener: Opener) -> None:
    engine: Engine = opener(shelf())
    result = ask(PaperSearch(engine, ConceptEmbedder()), "graph year:>2000", filter="type:article")
    assert result.generation == engine.generation.id
    assert result.interpretation == "graph year:>2000 type:article"
    assert result.took_ms > 0
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
