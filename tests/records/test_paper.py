"""Records refuse impossible values, also when they are decoded."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from records import Affiliation, Author, Authorship, Institution, Name, Paper, Topic, Venue
from records.errors import RecordError
from records.paper import FIRST_YEAR, MAX_TITLE_LENGTH, last_year

NAME = Name("Lovelace", "Ada")


def test_the_limits_are_inside() -> None:
    assert last_year() == datetime.now(UTC).year + 2
    for year in (FIRST_YEAR, last_year(), None):
        assert Paper("1", "T", year=year).year == year
    assert len(Paper("1", "x" * MAX_TITLE_LENGTH).title) == MAX_TITLE_LENGTH
    for date in ("2019", "2019-07", "2019-07-28"):
        assert Paper("1", "T", date=date).date == date


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "no id"),
        ({"id": "a\x00"}, "the id holds a null character"),
        ({"title": ""}, "the title is empty"),
        ({"title": " \t"}, "the title is empty"),
        ({"title": "x" * (MAX_TITLE_LENGTH + 1)}, "the title is too long: 10,001 code points"),
        ({"title": "a\x00b"}, "the title holds a null character"),
        ({"title": "é\udfff"}, "the title holds the lone surrogate"),
        ({"abstract": "a\x00b"}, "the abstract holds a null character"),
        ({"abstract": "x" * 200_001}, "the abstract is too long"),
        ({"year": -44}, "the year is -44; it must lie between 1000 and"),
        ({"year": 999}, "the year is 999"),
        ({"year": last_year() + 1}, "the year is"),
        ({"date": "2019-13"}, "the date is '2019-13'"),
        ({"date": "July 2019"}, "write 2019, 2019-07 or 2019-07-28"),
    ],
)
def test_a_paper_refuses(fields: dict[str, object], reason: str) -> None:
    values = {"id": "1", "title": "T", **fields}
    with pytest.raises(RecordError, match=reason):
        Paper(**values)  # type: ignore[arg-type]


def test_decoding_checks_too() -> None:
    paper = Paper("1", "T", year=2019)
    raw = msgspec.json.encode(paper).replace(b"2019", b"3019")
    with pytest.raises(msgspec.ValidationError, match="the year is 3019"):
        msgspec.json.decode(raw, type=Paper)


def test_the_parts_refuse_too() -> None:
    with pytest.raises(RecordError, match="position is -1"):
        Authorship(NAME, -1)
    with pytest.raises(RecordError, match="no text"):
        Affiliation("")
    for country in ("de", "DEU", "D", "ÄÖ"):
        with pytest.raises(RecordError, match="ISO 3166-1"):
            Affiliation("TU", country=country)
    with pytest.raises(RecordError, match="no name"):
        Venue("")
    with pytest.raises(RecordError, match="no name"):
        Topic("")
    for score in (-0.1, 1.5, float("nan")):
        with pytest.raises(RecordError, match="between 0 and 1"):
            Topic("t", score=score)
    with pytest.raises(RecordError, match="no id"):
        Author("", NAME)
    with pytest.raises(RecordError, match="-1 papers"):
        Author("a", NAME, papers=-1)
    with pytest.raises(RecordError, match="an id and a name"):
        Institution("i", "")


def test_records_are_frozen() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        NAME.family = "x"  # type: ignore[misc]
