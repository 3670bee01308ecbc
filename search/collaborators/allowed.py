"""Who may be listed: what a request says about people, as marks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.errors import QueryError
from search.collaborators.finder import Scene
from search.collaborators.request import CollaboratorRequest
from search.people import DatedLinks, People, PeopleArrays, row
from search.people.filters import people_mask
from search.request import SearchWarning

__all__ = ["allowed_by", "latest", "main_topics", "met_lately"]

Mask = npt.NDArray[np.bool_]


def allowed_by(
    people: People, scene: Scene, request: CollaboratorRequest, author: int | None, warnings: list[SearchWarning]
) -> Mask:
    """Marks of everybody who may be listed, shape (people,).

    :raises FilterError: for a filter that cannot be read.
    :raises QueryError: when what is asked needs an author, or topics that the collection does not have.
    :raises NotFoundError: when an excluded id names nobody.
    """
    arrays = people.arrays
    now = scene.ties.now
    allowed = people_mask(request.filter, arrays)
    allowed = allowed & (arrays.written.degrees() >= max(1, request.min_papers))
    if request.exclude:
        allowed[[people.author(identifier) for identifier in request.exclude]] = False
    least, most = request.career
    dated = arrays.first_years != NO_YEAR
    career = now - arrays.first_years.astype(np.int32)
    if least is not None:
        allowed &= dated & (career >= least)
    if most is not None:
        allowed &= dated & (career <= most)
    if request.active_since is not None:
        allowed &= (arrays.last_years != NO_YEAR) & (arrays.last_years >= request.active_since)
    if author is not None:
        allowed &= ~met_lately(arrays, scene, author, request.not_met_within)
    allowed &= _elsewhere(arrays, request, author, warnings)
    if request.interdisciplinary:
        allowed &= _other_topic(arrays, author)
    return allowed


def met_lately(arrays: PeopleArrays, scene: Scene, author: int, within: int | None) -> Mask:
    """Marks the person, and co-authors of the last ``within`` years (None: of all years; undated ones always)."""
    coauthors = arrays.coauthors
    begin, end = coauthors.links.offsets[author], coauthors.links.offsets[author + 1]
    last = coauthors.last[begin:end].astype(np.int32)
    lately = np.ones(len(last), dtype=np.bool_)
    if within is not None:
        lately = (last == NO_YEAR) | (last > scene.ties.now - within)
    marks = np.zeros(arrays.authors, dtype=np.bool_)
    marks[coauthors.links.indices[begin:end][lately]] = True
    marks[author] = True
    return marks


def latest(seen: DatedLinks, person: int) -> npt.NDArray[np.integer]:
    """Where somebody was last: the columns with the latest last year."""
    columns = row(seen.links, person)
    last = seen.last[seen.links.offsets[person] : seen.links.offsets[person + 1]]
    return columns[last == last.max()] if len(last) else columns


def main_topics(arrays: PeopleArrays) -> npt.NDArray[np.int32]:
    """The topic of most of everybody's papers (of ties the first), -1 where no paper has one; shape (people,)."""
    fields = arrays.corpus.fields
    found = np.full(arrays.authors, -1, dtype=np.int32)
    if fields is None or not arrays.corpus.n_fields:
        return found
    topics = fields[arrays.written.indices].astype(np.int64)
    owners = arrays.written.row_of_links().astype(np.int64)
    known = topics >= 0
    keys, counts = np.unique(owners[known] * arrays.corpus.n_fields + topics[known], return_counts=True)
    people, topic = keys // arrays.corpus.n_fields, keys % arrays.corpus.n_fields
    order = np.lexsort((-topic, counts))  # the last of an owner to be written wins
    found[people[order]] = topic[order]
    return found


def _other_topic(arrays: PeopleArrays, author: int | None) -> Mask:
    if author is None:
        raise QueryError("interdisciplinary needs an author whose topics are known; give an author instead of a text")
    topics = main_topics(arrays)
    if topics[author] < 0:
        raise QueryError("interdisciplinary needs topics, and no paper of this author has one")
    found: Mask = (topics >= 0) & (topics != topics[author])
    return found


def _elsewhere(
    arrays: PeopleArrays, request: CollaboratorRequest, author: int | None, warnings: list[SearchWarning]
) -> Mask:
    allowed = np.ones(arrays.authors, dtype=np.bool_)
    for wanted, what, seen in (
        (request.other_country, "country", arrays.lived),
        (request.other_institution, "institution", arrays.affiliated),
    ):
        if not wanted:
            continue
        own = latest(seen, author) if author is not None else np.empty(0, dtype=np.int32)
        if not len(own):
            message = f"the {what} of the one asked for is not known; everybody with a known {what} may be listed"
            warnings.append(SearchWarning(f"{what}-unknown", message))
        allowed &= _last_outside(seen, own)
    return allowed


def _last_outside(seen: DatedLinks, own: npt.NDArray[np.integer]) -> Mask:
    """People with a place, none of whose latest places is one of ``own``."""
    owners = seen.links.row_of_links()
    newest = np.full(seen.links.rows, np.iinfo(np.int16).min, dtype=np.int16)
    np.maximum.at(newest, owners, seen.last)
    now = seen.last == newest[owners]
    known = np.diff(seen.links.offsets) > 0
    same = np.zeros(seen.links.rows, dtype=np.bool_)
    same[owners[now & np.isin(seen.links.indices, own)]] = True
    found: Mask = known & ~same
    return found
