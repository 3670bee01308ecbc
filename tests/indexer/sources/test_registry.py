"""The formats by name."""

from __future__ import annotations

import pytest

from indexer.sources.registry import SOURCES, reader_for
from records.errors import SourceError


@pytest.mark.parametrize("name", SOURCES)
def test_every_format_makes_a_reader(name: str) -> None:
    assert reader_for(name).source == name
    assert reader_for(name, "mine").source == "mine"
    assert SOURCES[name].name == name
    assert SOURCES[name].description


def test_unknown_formats_and_options_say_what_there_is() -> None:
    with pytest.raises(SourceError, match="unknown source format 'dblp'; known: acl, acl-citations, jsonl, bibtex"):
        reader_for("dblp")
    with pytest.raises(SourceError, match="format jsonl has no option 'scheme'; known: none"):
        reader_for("jsonl", scheme="acl")
    with pytest.raises(SourceError, match="format acl-citations has no option 'x'; known: scheme"):
        reader_for("acl-citations", x="1")
    with pytest.raises(SourceError, match="unknown identifier scheme 'hdl'"):
        reader_for("acl-citations", scheme="hdl")
