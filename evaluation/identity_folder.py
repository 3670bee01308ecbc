"""Benchmark folders of name disambiguation: mentions in blocks, the papers they stand on, and who they are.

``signatures.jsonl`` holds ``{"signature", "block", "name", "paper", "affiliation"}``, ``labels.tsv`` signature, block,
paper and true author (or signature and author). Only ``labels.tsv`` says who somebody is: whatever else a signature
carries (``true_author``) and the author ids of the papers, which may be made of the truth, are not read.

Mentions come in an order drawn at random: that of the file may follow the truth.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.folder import Folder, identifier
from indexer.identity.disambiguation import Mention, MentionPaper
from records.errors import EvaluationError, PersonalNameError
from records.name import Name
from records.paper import Paper
from records.text import clean_text, fold_tokens

__all__ = ["IdentityProblem", "block_of", "mention_paper", "name_keys", "read_identity"]

_LABELS, _SIGNATURES = "labels.tsv", "signatures.jsonl"
_HEADER = frozenset(("signature", "signature_id", "mention", "id"))
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IdentityProblem:
    """``papers``: all of the folder, and those it lacks with nothing but their id. ``labelled``: positions of the
    mentions that are scored, ascending; ``authors``: who those are, in the same order.
    """

    papers: tuple[MentionPaper, ...]
    mentions: tuple[Mention, ...]
    labelled: Ints
    authors: tuple[str, ...]


def read_identity(folder: Folder, seed: int) -> IdentityProblem:
    """What ``folder`` asks for; ``seed`` of the order of the mentions.

    :raises EvaluationError: a missing or damaged file, a signature without an id, a paper or both name and block, two
        different signatures of one id, two authors of one signature, no labelled signature, no paper of any signature.
    """
    signatures = _signatures(folder)
    random.Random(seed).shuffle(signatures)  # noqa: S311 - repeatable, not secret
    papers = _papers(folder, signatures)
    labels = _labels(folder, {mention.id for mention in signatures})
    labelled = [at for at, mention in enumerate(signatures) if mention.id in labels]
    if not labelled:
        raise EvaluationError(f"{folder.path}: {_LABELS} names no signature of {_SIGNATURES}; do the ids agree?")
    folder.notes["signatures without a label"] += len(signatures) - len(labelled)
    return IdentityProblem(
        papers=papers,
        mentions=tuple(signatures),
        labelled=np.array(labelled, dtype=np.int64),
        authors=tuple(labels[signatures[at].id] for at in labelled),
    )


def mention_paper(paper: Paper) -> MentionPaper:
    """What disambiguation may see of a paper: names, never author ids."""
    return MentionPaper(
        id=paper.id,
        title=paper.title,
        abstract=paper.abstract,
        year=paper.year,
        venue=paper.venue.name if paper.venue else "",
        keywords=paper.keywords,
        authors=tuple(authorship.name.full for authorship in paper.authorships),
        references=paper.references,
    )


def name_keys(printed: str) -> tuple[str, str]:
    """What exact names and what first initials go by: the folded name, and "initial family" ("j smith").

    A name that cannot be parsed stands for itself in both.
    """
    try:
        name = Name.parse(printed)
    except PersonalNameError:
        whole = clean_text(printed).casefold()
        return whole, whole
    initial = "".join(fold_tokens(name.given))[:1]
    family = " ".join(fold_tokens(f"{name.particle} {name.family}")) or name.family.casefold()
    return name.match_key, f"{initial} {family}".lstrip()


def block_of(printed: str) -> str:
    """The block a name belongs to when nobody says: first initial and family name ("j_van_smith")."""
    return name_keys(printed)[1].replace(" ", "_")


def _papers(folder: Folder, signatures: list[Mention]) -> tuple[MentionPaper, ...]:
    papers = tuple(map(mention_paper, folder.papers()))
    known = {paper.id for paper in papers}
    strange = [mention.paper for mention in signatures if mention.paper not in known]
    if len(strange) == len(signatures):
        raise EvaluationError(f"{folder.path}: no paper of {_SIGNATURES} is in papers.jsonl; do the paper ids agree?")
    folder.notes["signatures of papers that are not in the folder"] += len(strange)
    return *papers, *(MentionPaper(lacking) for lacking in dict.fromkeys(strange))


def _signatures(folder: Folder) -> list[Mention]:
    mentions: dict[str, Mention] = {}
    for where, record in folder.records(_SIGNATURES):
        mention = _mention(record, where, folder)
        first = mentions.setdefault(mention.id, mention)
        if first != mention:
            raise EvaluationError(f"{where}: another signature {mention.id!r} that says something else")
        folder.notes["duplicate signatures"] += first is not mention
    if not mentions:
        raise EvaluationError(f"{folder.require(_SIGNATURES)} holds no signatures")
    return list(mentions.values())


def _mention(record: Mapping[str, Any], where: str, folder: Folder) -> Mention:
    name, block = _text(record, "name", where), _text(record, "block", where)
    if not name and not block:
        raise EvaluationError(f"{where}: a signature needs a 'name', or at least a 'block'")
    if not name:
        folder.notes["signatures without a name"] += 1
    if not block:
        folder.notes["signatures without a block"] += 1
    return Mention(
        id=identifier(record, "signature", where),
        block=block or block_of(name),
        name=_as_in_bylines(name) if name else " ".join(block.split("_")),
        paper=identifier(record, "paper", where),
        affiliation=_text(record, "affiliation", where),
    )


def _as_in_bylines(printed: str) -> str:
    """The name in the form :func:`mention_paper` gives the byline's, so that a mention knows itself there."""
    try:
        return Name.parse(printed).full
    except PersonalNameError:
        return printed


def _text(record: Mapping[str, Any], key: str, where: str) -> str:
    """Clean text; "" for nothing, a list joined."""
    value = record.get(key)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "; ".join(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EvaluationError(f"{where}: {key!r} must be text, not {type(value).__name__}")
    return clean_text(str(value))


def _labels(folder: Folder, signatures: set[str]) -> dict[str, str]:
    """Signature -> author, of the signatures there are."""
    labels: dict[str, str] = {}
    first = True
    for where, cells in folder.table(_LABELS, 2):
        signature, author = cells[0], cells[3] if len(cells) > 3 else cells[-1]
        header = first and signature.lower() in _HEADER and signature not in signatures
        first = False
        if header:
            continue
        if not author:
            raise EvaluationError(f"{where}: no author; the columns are signature, block, paper, author")
        if signature not in signatures:
            folder.notes["labels of signatures that are not in the folder"] += 1
        elif labels.setdefault(signature, author) != author:
            raise EvaluationError(f"{where}: {signature!r} is {author!r} here and {labels[signature]!r} before")
    return labels
