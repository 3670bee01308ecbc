"""Facets count every match, exactly."""

from __future__ import annotations

from collections import Counter

import pytest

from records.errors import EngineError
from search.engine import KEYWORD_FACETS, Engine, FacetRequest, FacetResult, PaperQuery
from search.query.ast import Everything, KeywordField, Match, Node, Or, Range
from tests.contract.corpus import PAPERS
from tests.contract.oracle import Oracle, keywords

ORACLE = Oracle(PAPERS)
QUERIES: list[Node] = [Everything(), Match("graph neural learning"), Range("year", 2010), Or(())]


def expected(node: Node, field: str) -> list[tuple[str, int]]:
    chosen = set(ORACLE.ids(node))
    counts: Counter[str] = Counter()
    for entry in PAPERS:
        if entry.paper.id in chosen:
            if field == "year":
                counts.update([str(entry.paper.year)] if entry.paper.year else [])
            else:
                counts.update(keywords(entry.paper, KeywordField(field)))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def facet(engine: Engine, node: Node, field: str, size: int) -> FacetResult:
    (result,) = engine.search(PaperQuery(node, limit=0, facets=(FacetRequest(field, size),))).facets
    return result


@pytest.mark.parametrize("node", QUERIES)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("field", sorted([*KEYWORD_FACETS, "year"]))
def test_counts(engine: Engine, field: str, size: int, node: Node) -> None:
    result = facet(engine, node, field, size)
    counts = [(value if len(value) < 1000 else "Ω" * 2_000, count) for value, count in expected(node, field)]
    shown = [(v.value if len(v.value) < 1000 else "Ω" * 2_000, v.count) for v in result.values]
    assert result.field == field
    assert shown == counts[:size]
    assert result.other == sum(count for _, count in counts[size:])


def test_ties_at_the_cut_go_by_value(engine: Engine) -> None:
    years = [v.value for v in facet(engine, Range("year", 1979, 2003), "year", 4).values]
    assert years == ["1999", "1979", "1985", "1988"]


def test_labels(engine: Engine) -> None:
    people = {v.value: v.label for v in facet(engine, Everything(), "author.id", 100).values}
    assert people["a:muller-1"] == people["a:muller-2"] == "Jörg Müller"
    venues = {v.value: v.label for v in facet(engine, Everything(), "venue.id", 100).values}
    assert venues == {"v:acl": "Meeting of the Linguists", "v:kdd": "Conference on Knowledge Discovery"}
    assert {v.label for v in facet(engine, Everything(), "type", 100).values} == {""}


def test_several_facets_in_the_order_asked(engine: Engine) -> None:
    asked = (FacetRequest("year", 2), FacetRequest("type", 1), FacetRequest("year", 5))
    results = engine.search(PaperQuery(Everything(), Range("year", 1990), facets=asked)).facets
    assert [(r.field, len(r.values)) for r in results] == [("year", 2), ("type", 1), ("year", 5)]


@pytest.mark.parametrize("field", ["title", "id", "reference", "citations", "", "YEAR"])
def test_fields_that_cannot_be_counted(engine: Engine, field: str) -> None:
    with pytest.raises(EngineError, match="year"):
        facet(engine, Everything(), field, 10)


@pytest.mark.parametrize("size", [0, -1, 10_001])
def test_sizes_out_of_range(engine: Engine, size: int) -> None:
    with pytest.raises(EngineError, match="facet"):
        facet(engine, Everything(), "year", size)
