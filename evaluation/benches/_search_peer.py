"""Tantivy by itself, the peer of the search bench: the same texts, one stemmed field, nothing around it."""

from __future__ import annotations

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import convert

from evaluation.benches._search_rows import WARM_UP, workload
from evaluation.stores import StoreName, open_named
from evaluation.timing import time_calls
from search.engine import PaperQuery
from search.query.ast import Everything

__all__ = ["build_tantivy", "measure_tantivy"]

_PAGE = 5_000
_COUNTED = 50


def build_tantivy(name: Any, raw: str) -> int:
    """A plain tantivy index (stemmed text, stored id and title) of the papers of the current generation."""
    import tantivy

    shutil.rmtree(raw, ignore_errors=True)
    Path(raw).mkdir(parents=True)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name="en_stem")
    writer = tantivy.Index(schema.build(), path=raw).writer(200_000_000, 1)
    written, cursor = 0, None
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        while True:
            page = engine.search(PaperQuery(Everything(), limit=_PAGE, after=cursor))
            for hit in page.hits:
                paper = hit.document.paper if hit.document else None
                if paper is not None:
                    text = f"{paper.title} {paper.abstract}"
                    writer.add_document(tantivy.Document(id=paper.id, title=paper.title[:1_000], text=text))
                    written += 1
            cursor = page.next
            if cursor is None:
                break
    writer.commit()
    writer.wait_merging_threads()
    return written


def measure_tantivy(name: Any, raw: str, queries: int, seed: int) -> dict[str, Any]:
    """The same texts through tantivy's own parser, ten stored documents each, nothing else."""
    import tantivy

    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        work = workload(engine, queries, seed)
        papers = engine.generation.papers
    index = tantivy.Index.open(raw)
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        hits = searcher.search(index.parse_query(text, ["text"]), 10).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    figures = time_calls([partial(search, text) for text in work.texts], warm_up=WARM_UP)
    found = [searcher.search(index.parse_query(text, ["text"]), papers).hits for text in work.texts[:_COUNTED]]
    return {"papers": papers, **figures, "mean_total": float(np.mean([len(hits) for hits in found]))}
