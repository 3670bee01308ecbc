"""Names: every writing is a readable name of the same person."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.demo.cultures import cultures
from indexer.demo.naming import CHANGED, Column, Writing, draw_names, printed_name
from indexer.demo.streams import Stream
from records.name import Name


def _people(culture: str, n: int = 300, variety: float = 0.0) -> list[list[int]]:
    number = [c.code for c in cultures()].index(culture)
    return [list(map(int, row)) for row in draw_names(Stream(1, "names"), np.full(n, number), variety).tolist()]


def test_there_are_many_cultures_with_many_names() -> None:
    assert len(cultures()) >= 18
    for culture in cultures():
        assert len(set(culture.family)) == len(culture.family) or culture.family_native[0]
        assert len(culture.given) == len(culture.given_respelt) == len(culture.given_native)
        assert len(culture.given) * len(culture.family) > 500
        assert all(name.strip() == name and name for name in (*culture.given, *culture.family))


@pytest.mark.parametrize("variety", [0.0, 1.0])
@pytest.mark.parametrize("culture", [c.code for c in cultures()])
def test_writings_are_compatible_with_the_full_name(culture: str, variety: float) -> None:
    for row in _people(culture, 60, variety):
        full = printed_name(row, Writing.FULL)
        for writing in Writing:
            printed = printed_name(row, writing)
            assert printed.family
            assert full.compatible(printed), (full, printed, writing)


def test_particular_writings() -> None:
    (row,) = _people("zh", 1)
    row[Column.FAMILY] = 0
    row[Column.GIVEN] = next(i for i, g in enumerate(cultures()[_number("zh")].given) if g == "Xiaoming")
    assert printed_name(row, Writing.FULL) == Name("Wang", "Xiaoming")
    assert printed_name(row, Writing.RESPELT) == Name("Wang", "Xiao-Ming")
    assert printed_name(row, Writing.SWAPPED) == Name("Xiaoming", "Wang")
    assert printed_name(row, Writing.NATIVE) == Name("Wang", "Xiaoming", native="王晓明")
    assert printed_name(row, Writing.RESPELT_INITIALS) == Name("Wang", "X.-M.")


def test_middle_names_and_two_family_names() -> None:
    spanish = cultures()[_number("es")]
    row = [_number("es"), *[spanish.given.index(g) for g in ("José", "Luis")]]
    row += [spanish.family.index("García"), spanish.family.index("López"), 0, -1]
    assert printed_name(row, Writing.FULL).full == "José Luis García López"
    assert printed_name(row, Writing.MIDDLE_INITIAL).full == "José L. García López"
    assert printed_name(row, Writing.NO_MIDDLE).full == "José García López"
    assert printed_name(row, Writing.INITIALS).full == "J. L. García López"
    assert printed_name(row, Writing.FIRST_INITIAL).full == "J. García"
    assert printed_name(row, Writing.ONE_FAMILY).full == "José Luis García"
    assert printed_name(row, Writing.JOINED_FAMILY).full == "José Luis García-López"
    assert printed_name(row, Writing.PLAIN_LETTERS).full == "Jose Luis Garcia Lopez"


def test_new_family_names() -> None:
    english = cultures()[_number("en")]
    smith, jones = english.family.index("Smith"), english.family.index("Jones")
    row = [_number("en"), english.given.index("Emma"), -1, smith, -1, 0, jones]
    expected = "Emma Smith-Jones" if jones % 2 else "Emma Jones"
    assert printed_name(row, Writing.FULL + CHANGED).full == expected
    assert printed_name(row, Writing.FULL).full == "Emma Smith"


def test_russian_family_names_follow_gender() -> None:
    russian = cultures()[_number("ru")]
    ivanov = russian.family.index("Ivanov")
    woman, man = russian.given.index("Olga"), russian.given.index("Sergey")
    assert printed_name([_number("ru"), woman, -1, ivanov, -1, 0, -1], 0).full == "Olga Ivanova"
    assert printed_name([_number("ru"), man, -1, ivanov, -1, 0, -1], 0).full == "Sergey Ivanov"


def test_mononyms_have_a_family_name_only() -> None:
    names = [printed_name(row, Writing.FULL) for row in _people("id", 400) if row[Column.GIVEN] < 0]
    assert names
    assert all(name.given == "" for name in names)


def test_made_names_are_many_and_look_like_names() -> None:
    rows = _people("en", 4000, variety=1.0)
    names = [printed_name(row, Writing.NO_MIDDLE).full for row in rows]
    assert len(set(names)) > 3800
    assert len({printed_name(row, Writing.NO_MIDDLE).full for row in _people("en", 4000)}) < 3600
    for culture in cultures():
        for row in _people(culture.code, 200, variety=1.0):
            name = printed_name(row, Writing.FULL)
            assert name.family[0].isupper() or name.family[0] == "‘"
            assert name.given == "" or name.given[0].isupper()
            assert max(row) < 32_767


def test_a_made_given_name_keeps_its_gender() -> None:
    english = cultures()[_number("en")]
    listed = len(english.given)
    assert english.given_name(listed) == english.given[0]
    thomas, james = english.given.index("Thomas"), english.given.index("James")
    men = listed - english.women
    made = listed + english.women**2 + (thomas - english.women) * men + james - english.women
    assert english.given_name(made) == "Thomes"
    assert not english.is_woman(made)
    assert english.is_woman(listed + english.women**2 - 1)


def _number(code: str) -> int:
    return [c.code for c in cultures()].index(code)
