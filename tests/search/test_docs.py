"""docs/search.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.query import parse, unparse
from search.query.fields import HAS_VALUES, field_names

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "search.md").read_text("utf-8")
CODES = sorted(
    {
        code
        for path in (ROOT / "search").glob("*.py")
        for code in re.findall(r'SearchWarning\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("name", [name for name in field_names() if not name.startswith("has_")])
def test_fields(name: str) -> None:
    fields = TEXT.split("### Fields")[1].split("###")[0]
    assert f"`{name}`" in fields


def test_values_of_has() -> None:
    assert ", ".join(f"`{value}`" for value in HAS_VALUES) in TEXT


def test_warnings() -> None:
    assert len(CODES) == 9
    assert set(re.findall(r"^\| `([a-z-]+)` \|", TEXT.split("| warning |")[1], re.MULTILINE)) == set(CODES)


def test_the_example_of_precedence() -> None:
    assert unparse(parse("a b OR c AND NOT d")) == unparse(parse("(a b) OR (c AND (NOT d))"))
