"""docs/sources.md says what the readers do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from indexer.sources import jsonl_schema
from indexer.sources.jsonl_schema import json_schema
from indexer.sources.registry import SOURCES

from .reading import read_text

DOCS = Path(__file__).resolve().parents[3] / "docs"
TEXT = (DOCS / "sources.md").read_text("utf-8")


def _sections(level: str) -> dict[str, str]:
    parts = re.split(rf"^{level} (.+)$", TEXT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _rows(section: str) -> list[list[str]]:
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("heading", "struct"),
    [
        ("Paper", jsonl_schema.PaperLine),
        ("Author", jsonl_schema.AuthorObject),
        ("Affiliation", jsonl_schema.AffiliationObject),
        ("Venue", jsonl_schema.VenueObject),
        ("Topic", jsonl_schema.TopicObject),
        ("Person", jsonl_schema.PersonObject),
        ("Citation", jsonl_schema.CitationObject),
    ],
)
def test_the_tables_have_the_fields(heading: str, struct: type[msgspec.Struct]) -> None:
    rows = _rows(_sections("###")[heading].split("\n## ")[0])
    assert [row[0].strip("`") for row in rows] == list(struct.__struct_fields__)
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    assert {row[0].strip("`") for row in rows if "required" in row[1]} == required


def test_the_schema_file_is_generated() -> None:
    assert json.loads((DOCS / "sources.schema.json").read_bytes()) == json_schema()


def test_the_examples_are_read_without_complaint(tmp_path: Path) -> None:
    examples = re.findall(r"```json\n(.*?)\n```", TEXT, re.S)
    reading = read_text("jsonl", tmp_path, "\n".join(examples))
    assert len(reading.items) == len(examples) == 4
    assert not reading.rejections
    assert not reading.left_out


def test_every_format_has_a_section_and_a_row() -> None:
    sections = _sections("##")
    first = TEXT.split("\n## ")[0]
    for name in SOURCES:
        assert name in sections
        assert f"| `{name}` |" in first
        for option, _ in SOURCES[name].options:
            assert f"-o {option}=" in sections[name]
