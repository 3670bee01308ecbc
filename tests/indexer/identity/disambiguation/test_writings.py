from __future__ import annotations

import pytest

from indexer.identity.disambiguation.writings import could_be_one_person, read_name


@pytest.mark.parametrize(
    ("text", "full", "loose", "first", "middle"),
    [
        ("Jane R. Smith", "jane r|smith", "j|smith", "jane", "r"),
        ("Smith, J. R.", "j r|smith", "j|smith", "", "r"),
        ("Ludwig van Beethoven", "ludwig|vanbeethoven", "l|vanbeethoven", "ludwig", ""),
        ("Plato", "|plato", "|plato", "", ""),
        ("???", "???", "???", "", ""),
    ],
)
def test_names_are_read_into_their_parts(text: str, full: str, loose: str, first: str, middle: str) -> None:
    assert read_name(text) == (full, loose, first, middle)


def test_names_are_compared_as_names_and_what_is_none_as_text() -> None:
    assert could_be_one_person("J. Smith", "Jane Smith")
    assert not could_be_one_person("John Smith", "Jane Smith")
    assert could_be_one_person("???", "???")
    assert not could_be_one_person("???", "Jane Smith")
