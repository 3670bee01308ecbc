"""What finding collaborators keeps with a generation: the words of papers, and the model learned from its past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ranking.corpus import NO_YEAR
from records.errors import GenerationError, GraphError
from records.progress import NO_PROGRESS, Progress
from search.collaborators.defaults import default_model
from search.collaborators.learning import DEFAULT, Learning, learn
from search.collaborators.model import Model
from search.collaborators.profiles import Texts, texts_of
from search.people import PeopleArrays, StringList

__all__ = ["COLLABORATORS", "last_year_of", "pack_collaborators", "unpack_collaborators"]

COLLABORATORS = "collaborators"
"""The name under which an engine keeps these arrays."""

VERSION = 1


def last_year_of(people: PeopleArrays) -> int:
    """The year the view is from: that of the latest paper; 0 when no paper has a year."""
    years = people.corpus.years[people.corpus.years != NO_YEAR]
    return int(years.max()) if len(years) else 0


def pack_collaborators(
    people: PeopleArrays, texts: Texts | Iterable[str], learning: Learning = DEFAULT, progress: Progress = NO_PROGRESS
) -> dict[str, npt.NDArray[Any]]:
    """Arrays for :meth:`search.engine.GenerationWriter.add_arrays` under :data:`COLLABORATORS`.

    ``texts``: :func:`~search.collaborators.profiles.words_of` each paper, in the order of ``people``, or what a
    :class:`~search.collaborators.profiles.TextsMaker` made of these. Learning takes most of the time; where the past
    is too short for it, the model that comes with the program is kept.

    :raises GraphError: when there are not as many texts as papers.
    """
    words = texts if isinstance(texts, Texts) else texts_of(texts)
    if words.matrix.shape[0] != people.papers:
        raise GraphError(f"{words.matrix.shape[0]} texts for {people.papers} papers")
    model = learn(people, words, last_year_of(people), learning, progress) or default_model()
    matrix = words.matrix
    return {
        "version": np.array([VERSION], dtype=np.int64),
        "words.data": matrix.data.astype(np.float32),
        "words.indices": matrix.indices.astype(np.int32),
        "words.offsets": matrix.indptr.astype(np.int64),
        "terms.data": words.terms.data,
        "terms.offsets": words.terms.offsets,
        "rarity": words.rarity,
        **model.pack(),
    }


def unpack_collaborators(arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[Texts, Model]:
    """What :func:`pack_collaborators` packed.

    :raises GenerationError: when arrays are missing, or of another version.
    """
    try:
        version = int(arrays["version"][0])
        if version != VERSION:
            raise GenerationError(f"the arrays of collaborators have version {version}, not {VERSION}; build again")
        terms = StringList(arrays["terms.data"], arrays["terms.offsets"])
        offsets = arrays["words.offsets"]
        matrix = sparse.csr_array(
            (arrays["words.data"], arrays["words.indices"], offsets), shape=(len(offsets) - 1, len(terms))
        )
        return Texts(matrix, terms, arrays["rarity"]), Model.unpack(arrays)
    except KeyError as error:
        raise GenerationError(f"the array {error} of collaborators is missing; build again") from error
