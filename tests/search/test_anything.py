"""Whatever is asked, a search answers or raises one of our own errors."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from records.errors import ScholarCoreError
from search.request import Mode, SearchRequest
from search.service import PaperSearch

TYPED = """AND OR NOT - + ( ) " * : title: author: year: 2018 2005-2012 doi:10.1000/attention https://doi.org/10.1000/x
    graph car C++ the how 神经 naïve trans* type:article cites:p:graph citedby:p:attention id: pagerank: , | !
    attention is all you need"""
TEXT = st.one_of(
    st.lists(st.sampled_from(TYPED.split()), max_size=8).map(" ".join), st.text(st.characters(), max_size=40)
)
FILTER = st.one_of(
    st.just(""),
    st.sampled_from(["year:>2000", "type:!book", "title.search:graph|car", "id:p:car"]),
    st.text(max_size=20),
)
REQUESTS = st.builds(
    SearchRequest,
    text=TEXT,
    filter=FILTER,
    mode=st.sampled_from(list(Mode)),
    sort=st.sampled_from(["relevance", "citations", "date:asc", "x"]),
    limit=st.integers(0, 30),
    facets=st.sampled_from([(), ("year",), ("type:1", "topic")]),
    highlight=st.booleans(),
    explain=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(request=REQUESTS)
@example(request=SearchRequest("graph NOT is"))
@example(request=SearchRequest("NOT is"))
@example(request=SearchRequest("Graph neural networks", filter="title:is"))
@example(request=SearchRequest("is NOT graph"))
def test_every_request_is_answered_or_refused(papers: PaperSearch, request: SearchRequest) -> None:
    with contextlib.suppress(ScholarCoreError):
        result = papers.search(request)
        assert len(result.hits) == min(request.limit, result.total)
        assert len({hit.id for hit in result.hits}) == len(result.hits)
        assert (result.next is not None) == (result.total > request.limit)
        again = papers.search(replace(request, text=result.interpretation, filter=""))
        if not result.warnings and result.mode is Mode.LEXICAL and request.mode is Mode.LEXICAL:
            assert again.total == result.total
