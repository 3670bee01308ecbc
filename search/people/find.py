"""People by name, id and affiliation, filtered, sorted and page by page; and names completed while they are typed."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.errors import QueryError
from records.ids import PERSON_SCHEMES, ExternalId
from search.engine import AuthorDocument, Sort, Suggestion
from search.options import check_limit
from search.people.arrays import PeopleArrays
from search.people.context import People
from search.people.filters import people_mask
from search.people.names import NamesArrays
from search.people.phrases import Found, Readings
from search.plan import decode_cursor, encode_cursor
from search.request import SearchWarning
from search.text import prepare

__all__ = [
    "AuthorHit",
    "AuthorRequest",
    "AuthorResult",
    "complete_name",
    "find_people",
    "parse_people_sort",
    "people_named",
]

MAX_TYPED = 300
"""Code points of a name or an affiliation that is looked for."""

_ALIASES = {"citations": "author_citations"}
_NUMBERS = ("papers", "coauthors", "first_year", "last_year")

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AuthorRequest:
    """Whom to find; what is left out does not constrain.

    ``name``: words of one printing of a name in any order; the last may be a beginning, a single letter an initial.
    ``affiliation``: words of one affiliation as printed. ``identifier``: our id, one that was merged away, or an
    external id ("orcid:...", "dblp:pid/..."). ``filter``: see :func:`~search.people.filters.people_mask`. ``sort``:
    ``relevance``, ``papers``, ``citations``, ``coauthors``, ``first_year``, ``last_year`` or an author metric, with
    ``:asc`` or ``:desc`` behind it. ``similar``: also names like the one typed; None: only when nobody has it.
    """

    name: str = ""
    affiliation: str = ""
    identifier: str = ""
    filter: str = ""
    sort: str = "relevance"
    limit: int = 10
    cursor: str | None = None
    similar: bool | None = None


@dataclass(frozen=True, slots=True)
class AuthorHit:
    """A person found. ``score`` is 0 unless sorted by relevance."""

    document: AuthorDocument
    score: float


@dataclass(frozen=True, slots=True)
class AuthorResult:
    """A page; ``total`` is the same on every page, ``next`` the cursor of the page that follows (None: no more)."""

    hits: tuple[AuthorHit, ...]
    total: int
    next: str | None
    warnings: tuple[SearchWarning, ...]
    generation: str


def find_people(people: People, request: AuthorRequest) -> AuthorResult:
    """The people that ``request`` describes.

    Relevance is how well the name (and the affiliation) fits, times log2(2 + papers); ties go by id. Without either
    it is the number of papers.

    :raises QueryError: for a text too long, a sort or a limit that cannot be (:class:`FilterError`: a wrong filter).
    :raises CursorError: when the cursor is malformed, or was made for another search or generation.
    :raises GenerationError: when the generation was built without what people are found by.
    """
    arrays = people.arrays
    check_limit(request.limit)
    order = parse_people_sort(request.sort, arrays)
    mask = people_mask(request.filter, arrays)
    found, warnings = _found(people, request)
    kept = mask[found.owners]
    found = Found(found.owners[kept], found.fits[kept])
    generation, told = people.engine.generation.id, _fingerprint(request)
    start = 0
    if request.cursor is not None:
        (start,) = decode_cursor(request.cursor, generation, told, exists=lambda _: False)  # made by us: checksummed
    keys = _keys(found, order, arrays)
    ordered = np.lexsort((found.owners, -keys if order.descending else keys))
    page = ordered[start : start + request.limit]
    documents = people.author_documents(found.owners[page])
    scores = keys[page].tolist() if order.key == "relevance" else [0.0] * len(page)
    hits = tuple(AuthorHit(document, score) for document, score in zip(documents, scores, strict=True))
    end = start + len(page)
    following = encode_cursor(generation, told, [end]) if len(page) and end < len(ordered) else None
    return AuthorResult(hits, len(ordered), following, tuple(warnings), generation)


def complete_name(people: People, prefix: str, limit: int = 10) -> list[Suggestion]:
    """People with a name that goes on as typed, the most relevant first; none while nothing was typed."""
    if not prepare(prefix[:MAX_TYPED].encode("utf-8", "replace").decode()):
        return []
    result = find_people(people, AuthorRequest(name=prefix[:MAX_TYPED], limit=limit, similar=False))
    found = (hit.document.author for hit in result.hits)
    return [Suggestion(author.name.full, "author", author.id, author.papers) for author in found]


def people_named(people: People, name: str, limit: int) -> Positions:
    """Positions of people with a name that holds every word of ``name`` as typed, most papers first, ties by id.

    No engine is asked, and nobody with a similar name is found.

    :raises GenerationError: when the generation was built without what people are found by.
    """
    words = prepare(name[:MAX_TYPED].encode("utf-8", "replace").decode()).split()
    owners = people.names.names.every(_readings(people.names, words)).owners
    written = people.arrays.written.offsets
    return owners[np.lexsort((owners, written[owners] - written[owners + 1]))][:limit]


def parse_people_sort(text: str, arrays: PeopleArrays) -> Sort:
    """Read ``h_index:asc``; blank is relevance, without a direction it is descending.

    :raises QueryError: listing what people can be sorted by.
    """
    name, colon, direction = (part.strip().lower() for part in text.partition(":"))
    if colon and direction not in ("asc", "desc"):
        column = len(text) - len(text.partition(":")[2])
        raise QueryError(f"a sort goes :asc or :desc, not {direction[:40]!r}", text=text, column=column)
    key = name or "relevance"
    if key in _ALIASES and _ALIASES[key] in arrays.author_metrics:
        key = _ALIASES[key]
    if key not in ("relevance", *_NUMBERS) and key not in arrays.author_metrics:
        aliases = (alias for alias, metric in _ALIASES.items() if metric in arrays.author_metrics)
        known = sorted({"relevance", *_NUMBERS, *aliases, *arrays.author_metrics})
        like = difflib.get_close_matches(key, known, n=1)
        message = f"cannot sort people by {name[:60]!r}; it can be {', '.join(known)}"
        raise QueryError(message, text=text, hint=f"did you mean {like[0]}?" if like else None)
    if key == "relevance" and direction == "asc":
        raise QueryError("relevance sorts the best first; there is no ascending relevance", text=text)
    return Sort(key, direction != "asc")


def _fingerprint(request: AuthorRequest) -> str:
    told = json.dumps(astuple(replace(request, cursor=None, limit=0)))
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _keys(found: Found, order: Sort, arrays: PeopleArrays) -> npt.NDArray[np.float64]:
    """What to sort by, shape of ``found.owners``; NaN where there is nothing, which sorts last either way."""
    if order.key == "relevance":
        relevance: npt.NDArray[np.float64] = found.fits * np.log2(2.0 + arrays.written.degrees()[found.owners])
        return relevance
    if order.key == "papers":
        return arrays.written.degrees()[found.owners].astype(np.float64)
    if order.key == "coauthors":
        return arrays.coauthors.links.degrees()[found.owners].astype(np.float64)
    if order.key in ("first_year", "last_year"):
        years = arrays.first_years if order.key == "first_year" else arrays.last_years
        known = years[found.owners].astype(np.float64)
        known[known == NO_YEAR] = np.nan
        return known
    return arrays.author_metrics[order.key][found.owners].astype(np.float64)


def _found(people: People, request: AuthorRequest) -> tuple[Found, list[SearchWarning]]:
    """Everyone that name, affiliation and id describe, before the filter; and what to tell of it."""
    found: Found | None = None
    warnings: list[SearchWarning] = []
    name, identifier = request.name, request.identifier
    if not identifier and _person_id(name) is not None:
        name, identifier = "", name  # an ORCID pasted where a name is asked for
    if identifier.strip():
        owners = _with_id(people, identifier.strip())
        found = Found(owners, np.ones(len(owners)))
    if name.strip():
        named = _named(people.names, _typed("name", name, warnings), request.similar, name, warnings)
        found = _both(found, named)
    if request.affiliation.strip():
        words = _typed("affiliation", request.affiliation, warnings)
        index = people.names.affiliations
        readings = [index.exactly(word) for word in words[:-1]] + [index.beginning(word) for word in words[-1:]]
        found = _both(found, index.every(readings))
    everyone = people.arrays.authors
    return found or Found(np.arange(everyone), np.ones(everyone)), warnings


def _typed(what: str, text: str, warnings: list[SearchWarning]) -> list[str]:
    if len(text) > MAX_TYPED:
        message = f"the {what} has {len(text)} characters, {MAX_TYPED} are allowed"
        raise QueryError(message, text=text, column=MAX_TYPED)
    words = prepare(text.encode("utf-8", "replace").decode()).split()
    if not words:
        warnings.append(SearchWarning("no_words", f"there is no letter and no digit in the {what}"))
    return words


def _both(one: Found | None, other: Found) -> Found:
    if one is None:
        return other
    owners, here, there = np.intersect1d(one.owners, other.owners, assume_unique=True, return_indices=True)
    return Found(owners, one.fits[here] * other.fits[there])


def _person_id(text: str) -> ExternalId | None:
    found = ExternalId.try_parse(text.strip())
    return found if found is not None and found.scheme in PERSON_SCHEMES else None


def _with_id(people: People, identifier: str) -> Positions:
    external, position = _person_id(identifier), people.find("author", identifier)
    found = set(people.names.with_id(external)) if external is not None else set()
    if position is not None:
        found.add(position)
    return np.array(sorted(found), dtype=np.int64)


def _named(
    names: NamesArrays, words: Sequence[str], similar: bool | None, name: str, warnings: list[SearchWarning]
) -> Found:
    found = names.names.every(_readings(names, words))
    if similar is False or not words or (similar is None and len(found.owners)):
        return found
    wider = _similar(names, words, inverted="," in name)
    if similar is None and len(wider.owners):
        shown = name if len(name) <= 60 else name[:57] + "..."
        message = f"nobody has a name with every word of {shown!r}; these are similar names"
        warnings.append(SearchWarning("similar_names", message))
    return _either(found, wider)


def _readings(names: NamesArrays, words: Sequence[str]) -> list[Readings]:
    last = len(words) - 1
    return [
        names.names.beginning(word) if i == last or _is_initial(word) else names.names.exactly(word)
        for i, word in enumerate(words)
    ]


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word.isalpha()


def _similar(names: NamesArrays, words: Sequence[str], *, inverted: bool) -> Found:
    """Names with typing errors, initials for given names, words written as one, and initials that are not printed.

    The family name, the last word or (``inverted``) the first, is never read as an initial. No such name fits better
    than 0.9 times what it would if it were what was typed.
    """
    found = Found(np.empty(0, np.int64), np.empty(0))
    for variant in _variants(words):
        family = 0 if inverted else len(variant) - 1
        found = _either(found, names.names.every(_similar_readings(names, variant, family)))
    return Found(found.owners, 0.9 * found.fits)


def _similar_readings(names: NamesArrays, words: Sequence[str], family: int) -> list[Readings]:
    readings = []
    for i, (exact, word) in enumerate(zip(_readings(names, words), words, strict=True)):
        more = names.similar(word, initial=i != family)
        readings.append(Readings(np.append(exact.words, more.words), np.append(exact.fits, more.fits)))
    return readings


def _variants(words: Sequence[str]) -> list[list[str]]:
    joined = [[*words[:i], words[i] + words[i + 1], *words[i + 2 :]] for i in range(len(words) - 1)]
    full = [word for word in words if not _is_initial(word)]
    return [list(words), *joined, *([full] if 2 <= len(full) < len(words) else [])]


def _either(one: Found, other: Found) -> Found:
    owners = np.concatenate([one.owners, other.owners])
    fits = np.concatenate([one.fits, other.fits])
    order = np.lexsort((-fits, owners))
    owners, fits = owners[order], fits[order]
    fresh = np.append(True, owners[1:] != owners[:-1])[: len(owners)]
    return Found(owners[fresh], fits[fresh])
