"""The filter grammar for people, evaluated on the arrays: ``country:DE|AT,h_index:>=10,last_year:2020-,topic:!x``.

It is the grammar of :mod:`search.query.filters` with the fields people have.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency
from records.errors import FilterError
from search.people.arrays import PeopleArrays
from search.people.links import DatedLinks
from search.people.named import find_names
from search.people.strings import StringList
from search.query.ast import Range
from search.query.conditions import Condition, conditions
from search.query.lexer import Value
from search.query.numbers import read_range

__all__ = ["people_fields", "people_mask"]

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.integer] | npt.NDArray[np.floating]
_PERCENTILE = "percentile."


@dataclass(frozen=True, slots=True)
class _Field:
    """A field has one of: ``among`` (who has one of some values), ``numbers`` (what ranges are compared with, one a
    person) and ``called`` (names, and the place of each paper's among them; -1: none, None: of all papers).
    """

    name: str
    among: Callable[[PeopleArrays, Sequence[str]], Mask] | None = None
    numbers: Callable[[PeopleArrays], Numbers] | None = None
    called: Callable[[PeopleArrays], tuple[StringList, npt.NDArray[np.int32] | None]] | None = None


def people_fields(people: PeopleArrays) -> list[str]:
    """The names of all fields that can be filtered, sorted."""
    percentiles = (_PERCENTILE + name for name in people.author_percentiles)
    return sorted({*_FIELDS, *people.author_metrics, *percentiles})


def people_mask(text: str, people: PeopleArrays) -> Mask:
    """Who passes the filter ``text``, bool, shape (authors,). Blank text lets everyone pass.

    Conditions on what is not known of a person (a year, a metric) do not hold, and so their negations do.

    :raises FilterError: with column and, where there is one, a hint. An unknown field lists the known ones.
    """
    mask = np.ones(people.authors, dtype=np.bool_)
    for condition in conditions(text, lambda name, column: _find(name, column, text, people)):
        mask &= _holds(condition, text, people) ^ condition.negated
    return mask


def _find(name: str, column: int, text: str, people: PeopleArrays) -> _Field:
    folded = name.lower()
    if field := _FIELDS.get(folded):
        return field
    values = people.author_metrics.get(folded)
    if folded.startswith(_PERCENTILE):
        values = people.author_percentiles.get(folded.removeprefix(_PERCENTILE))
    if values is not None:
        return _Field(folded, numbers=lambda _: values)
    known = people_fields(people)
    like = difflib.get_close_matches(folded, known, n=1, cutoff=0.6)
    message = f"there is no filter {name[:60]!r} of people; the filters are {', '.join(known)}"
    raise FilterError(message, text=text, column=column, hint=f"did you mean {like[0]}?" if like else None)


def _holds(condition: Condition[_Field], text: str, people: PeopleArrays) -> Mask:
    field, values = condition.field, [given.value for given in condition.values]
    if field.numbers is not None:
        numbers = field.numbers(people)
        mask = np.zeros(people.authors, dtype=np.bool_)
        for value in values:
            mask |= _within(numbers, _range(field, value, text))
        return mask
    if field.called is not None:
        names, labels = field.called(people)
        wanted = _called(names, field.name, values, text)
        return np.zeros(people.authors, dtype=np.bool_) if labels is None else _authors_of(people, labels, wanted)
    assert field.among is not None  # noqa: S101 - a field has one of the three
    if field.name in ("country", "country.latest"):
        _check_countries(field, values, text)
    return field.among(people, [value.text for value in values])


def _called(names: StringList, kind: str, values: Sequence[Value], text: str) -> Mask:
    """Which of ``names`` are meant, bool, shape (names,)."""
    wanted = np.zeros(len(names), dtype=np.bool_)
    for value in values:
        try:
            wanted[find_names(names, value.text, kind)] = True
        except LookupError as problem:
            raise FilterError(str(problem), text=text, column=value.span.start) from None
    return wanted


def _range(field: _Field, value: Value, text: str) -> Range:
    try:
        return read_range(field.name, value.text, value.span)
    except ValueError as problem:
        hint = f"write {field.name}:5, {field.name}:5..12, {field.name}:>5 or {field.name}:<=12"
        if field.name in ("first_year", "last_year"):
            hint = f"write {field.name}:2005, {field.name}:2005-2012, {field.name}:>2010 or {field.name}:<=2012"
        raise FilterError(f"{field.name}: {problem}", text=text, column=value.span.start, hint=hint) from None


def _within(numbers: Numbers, wanted: Range) -> Mask:
    """Values in the range; bounds are taken as precisely as the values are stored, so that 0.1 finds 0.1."""
    known = numbers != NO_YEAR if numbers.dtype == np.int16 else ~np.isnan(numbers)
    with np.errstate(over="ignore", invalid="ignore"):
        if wanted.low is not None:
            low = _as_stored(wanted.low, numbers)
            known &= numbers >= low if wanted.include_low else numbers > low
        if wanted.high is not None:
            high = _as_stored(wanted.high, numbers)
            known &= numbers <= high if wanted.include_high else numbers < high
    return known


def _as_stored(bound: float, numbers: Numbers) -> np.floating:
    return np.float32(bound) if numbers.dtype == np.float32 else np.float64(bound)


def _check_countries(field: _Field, values: Sequence[Value], text: str) -> None:
    for value in values:
        if not (len(value.text) == 2 and value.text.isascii() and value.text.isalpha()):
            message = f"{field.name}: {value.text[:40]!r} is not a two-letter country code such as DE"
            raise FilterError(message, text=text, column=value.span.start)


def _rows_with(links: Adjacency, columns: Mask, keep: Mask | None = None) -> Mask:
    """Rows that link (by a link in ``keep``) to one of ``columns``, bool, shape (rows,)."""
    hits = columns[links.indices] if links.columns else np.zeros(len(links.indices), dtype=np.bool_)
    if keep is not None:
        hits &= keep
    mask = np.zeros(links.rows, dtype=np.bool_)
    mask[links.row_of_links()[hits]] = True
    return mask


def _named(names: StringList, wanted: Sequence[str], fold: Callable[[str], str]) -> Mask:
    """Which of ``names`` are wanted, bool, shape (names,)."""
    folded = {fold(one) for one in wanted}
    return np.fromiter((fold(name) in folded for name in names), dtype=np.bool_, count=len(names))


def _by_id(people: PeopleArrays, values: Sequence[str]) -> Mask:
    mask = np.zeros(people.authors, dtype=np.bool_)
    found = (people.author_ids.find(value) for value in values)
    mask[[position for position in found if position is not None]] = True
    return mask


def _by_country(people: PeopleArrays, values: Sequence[str]) -> Mask:
    return _rows_with(people.lived.links, _named(people.countries, values, str.upper))


def _by_latest_country(people: PeopleArrays, values: Sequence[str]) -> Mask:
    return _rows_with(people.lived.links, _named(people.countries, values, str.upper), _latest(people.lived))


def _latest(dated: DatedLinks) -> Mask:
    """The links of every row last seen in its latest year (several on ties), bool, shape (links,)."""
    newest = np.full(dated.links.rows, NO_YEAR, dtype=np.int16)
    owners = dated.links.row_of_links()
    np.maximum.at(newest, owners, dated.last)
    latest: Mask = dated.last == newest[owners]
    return latest


def _by_institution(people: PeopleArrays, values: Sequence[str]) -> Mask:
    return _rows_with(people.affiliated.links, _named(people.institution_ids, values, str))


def _authors_of(people: PeopleArrays, labels: npt.NDArray[np.int32], wanted: Mask) -> Mask:
    """Who wrote a paper with a wanted label (-1: none), bool, shape (authors,)."""
    return _rows_with(people.written, np.append(wanted, False)[labels])


_FIELDS: dict[str, _Field] = {
    field.name: field
    for field in (
        _Field("id", among=_by_id),
        _Field("country", among=_by_country),
        _Field("country.latest", among=_by_latest_country),
        _Field("institution.id", among=_by_institution),
        _Field("topic", called=lambda people: (people.topic_names, people.corpus.fields)),
        _Field("venue", called=lambda people: (people.venue_names, people.corpus.venues)),
        _Field("first_year", numbers=lambda people: people.first_years),
        _Field("last_year", numbers=lambda people: people.last_years),
        _Field("papers", numbers=lambda people: people.written.degrees()),
        _Field("coauthors", numbers=lambda people: people.coauthors.links.degrees()),
    )
}
