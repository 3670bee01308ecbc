"""Reviewers: does the affinity of a person to a paper order papers as the person rates the own expertise?

The measures of Stelmakh, Wieting, Neubig, Shah, A gold standard dataset for the reviewer assignment problem (2023),
over pairs of papers that one reviewer rated differently. ``loss``: share of the rating differences that are ordered
wrongly (a tie costs half). ``easy``: share of right orders where one rating is 4 or more and the other 2 or less;
``hard``: where both are 4 or more; a tie is wrong. ``pair_accuracy``: of all pairs, a tie being half right. As in that
paper a profile is the 20 latest papers with title, abstract and year; ties between years are drawn, and figures are
means over the draws.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from evaluation.folder import Folder, identifier
from evaluation.peers.bm25s_peer import Bm25sPeer
from evaluation.registry import Outcome, Row, Task, TaskOptions, embedded_only
from evaluation.vectors import KeptVectors, default_cache
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress
from search.affinity import PARTS, Affinity, Profiles, profiles_of_papers
from search.embedding import make_embedder, paper_text
from settings.model import load as load_settings

__all__ = ["TASK", "ReviewersOptions", "measures"]

Ratings = Mapping[str, Mapping[str, float]]
"""Reviewer -> paper -> rating."""

Table = npt.NDArray[np.floating]
KEYS = ("loss", "easy", "hard", "pair_accuracy")
_PUBLISHED = "published_baselines_recomputed.json"


class ReviewersOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the reviewers task.

    ``profile``: latest papers of a profile; ``resamples``: draws of ties; ``max_tokens``: how much of a text is
    embedded; ``model``: the embedding (the product's settings where not given); ``cache`` keeps vectors.
    """

    profile: int = 20
    resamples: int = 10
    model: str | None = None
    max_tokens: int = 256
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class _Data:
    papers: dict[str, Paper]
    written: dict[str, list[str]]
    ratings: dict[str, dict[str, float]]


def run(folder: Folder, options: ReviewersOptions, progress: Progress) -> Outcome:
    """Score every rated paper for its reviewers by every row."""
    embedded_only(options.engine)
    if options.profile < 1 or options.resamples < 1:
        raise EvaluationError("profile and resamples must be at least 1")
    data = _read(folder)
    rated = sorted({paper for ratings in data.ratings.values() for paper in ratings})
    texts = [_text(data.papers[paper]) for paper in rated]
    settings: dict[str, Any] = {"reviewers": len(data.ratings), "rated_papers": len(rated)}
    with ExitStack() as stack:
        kept = stack.enter_context(_vectors(options))
        profiles = profiles_of_papers(data.papers.values(), data.written)
        vectors = kept.embed(texts, progress)
        profiles = _with_vectors(profiles, options.profile, kept, progress)
        settings["embedding"] = {"model": kept.embedder.name, "made": kept.made, "problem": kept.problem}
    found: dict[str, list[dict[str, float]]] = {}
    similar = {"tfidf": _tfidf(profiles, texts), "bm25": _bm25(profiles, data.papers, rated)}
    affinity: Affinity | None = None
    progress.start("profiles", options.resamples)
    for draw in range(options.resamples):
        drawn = profiles.most_recent(options.profile, random=np.random.default_rng((options.seed, draw)))
        affinity = Affinity(drawn, affinity)
        tables = _tables(affinity, texts, vectors) | {name: _half(one, drawn) for name, one in similar.items()}
        for name, table in tables.items():
            found.setdefault(name, []).append(measures(_scores(table, rated, drawn), data.ratings))
        progress.advance()
    progress.finish()
    rows: list[Row] = [{"name": name, **_mean(draws)} for name, draws in found.items()]
    settings["notes"] = {what: count for what, count in sorted(folder.notes.items()) if count}
    settings["pairs"] = _pair_counts(data.ratings)
    return Outcome([*rows, *_published(folder)], settings)


def _vectors(options: ReviewersOptions) -> KeptVectors:
    chosen = load_settings().embedding
    model = options.model or chosen.model
    embedder = make_embedder(model, device=chosen.device, max_tokens=options.max_tokens, batch_size=chosen.batch_size)
    if embedder is None:
        raise EvaluationError("the embedding model is 'none': name one with --option model=bundled")
    return KeptVectors(embedder, Path(options.cache) if options.cache else default_cache())


def _text(paper: Paper) -> str:
    return paper_text(paper.title, paper.abstract)


def _read(folder: Folder) -> _Data:
    papers = {paper.id: paper for paper in folder.papers()}
    ratings = _ratings(folder, papers)
    written: dict[str, list[str]] = {}
    for where, record in folder.records("reviewers.jsonl"):
        reviewer = identifier(record, "id", where)
        ids = record.get("papers")
        if not isinstance(ids, list):
            raise EvaluationError(f"{where}: 'papers' must be a list of paper ids")
        if reviewer not in ratings:
            folder.notes["reviewers without ratings"] += 1
            continue
        listed = [str(one) for one in ids]
        folder.notes["papers of reviewers that are not in papers.jsonl"] += sum(one not in papers for one in listed)
        known = [one for one in dict.fromkeys(listed) if one in papers]
        usable = [one for one in known if papers[one].abstract and papers[one].year is not None]
        folder.notes["papers of reviewers without abstract or year"] += len(known) - len(usable)
        # A rated paper of the reviewer's own would be found in the profile.
        written[reviewer] = [one for one in usable if one not in ratings[reviewer]] or known
    missing = ratings.keys() - written.keys()
    folder.notes["rating reviewers that are not in reviewers.jsonl"] += len(missing)
    kept = {reviewer: ratings[reviewer] for reviewer in written if written[reviewer]}
    if not kept:
        raise EvaluationError(f"{folder.path}: no reviewer has both papers and ratings; do the ids agree?")
    return _Data(papers, {reviewer: written[reviewer] for reviewer in kept}, kept)


def _ratings(folder: Folder, papers: Mapping[str, Paper]) -> dict[str, dict[str, float]]:
    name = "evaluations.tsv" if folder.find("evaluations.tsv") or not folder.find("pairs.tsv") else "pairs.tsv"
    ratings: dict[str, dict[str, float]] = {}
    for where, cells in folder.table(name, 3, number=2):
        try:
            rating = float(cells[2])
        except ValueError as error:
            raise EvaluationError(f"{where}: the rating must be a number, not {cells[2]!r}") from error
        if not np.isfinite(rating):
            raise EvaluationError(f"{where}: the rating must be a number, not {cells[2]!r}")
        if cells[1] in papers:
            ratings.setdefault(cells[0], {})[cells[1]] = rating
        else:
            folder.notes["rated papers that are not in papers.jsonl"] += 1
    if not ratings:
        raise EvaluationError(f"{folder.require(name)} rates no paper of papers.jsonl")
    return ratings


def _with_vectors(profiles: Profiles, latest: int, kept: KeptVectors, progress: Progress) -> Profiles:
    """Vectors of the papers that may be among the ``latest`` of somebody; the others are never looked at."""
    needed = np.zeros(len(profiles.paper_ids), dtype=np.bool_)
    for begin, end in pairwise(profiles.offsets.tolist()):
        own = profiles.links[begin:end]
        years = np.sort(profiles.years[own])
        if len(own):
            needed[own[profiles.years[own] >= years[-min(latest, len(own))]]] = True
    rows = np.flatnonzero(needed)
    vectors = np.zeros((len(needed), kept.embedder.dimension), dtype=np.float32)
    vectors[rows] = kept.embed([profiles.texts[row] for row in rows.tolist()], progress)
    return replace(profiles, vectors=vectors)


def _tables(affinity: Affinity, texts: Sequence[str], vectors: Any) -> dict[str, Table]:
    """Scores of rated papers x reviewers by row name."""
    parts = affinity.parts(texts, vectors)
    default = np.sum([affinity.weights[name] * part for name, part in parts.items()], axis=0)  # as Affinity.table
    return {"default": default, **{f"part:{name}": parts[name] for name in PARTS}}


def _half(similar: Table, profiles: Profiles) -> Table:
    """Half the maximum and half the mean over each profile, from texts x papers of the profiles."""
    made = np.zeros((len(similar), len(profiles.reviewers)))
    for column, (begin, end) in enumerate(zip(profiles.offsets[:-1], profiles.offsets[1:], strict=True)):
        own = similar[:, profiles.links[begin:end]]
        if own.shape[1]:
            made[:, column] = (own.max(axis=1) + own.mean(axis=1)) / 2
    return made


def _tfidf(profiles: Profiles, texts: Sequence[str]) -> Table:
    """scikit-learn's TF-IDF as it comes, English stop words: cosines of rated papers x papers of profiles."""
    words = TfidfVectorizer(stop_words="english")
    matrix = words.fit_transform([*profiles.texts, *texts])
    split = len(profiles.texts)
    return np.asarray((matrix[split:] @ matrix[:split].T).toarray())


def _bm25(profiles: Profiles, papers: Mapping[str, Paper], rated: Sequence[str]) -> Table:
    """bm25s, a rated paper being the query: scores of rated papers x papers of profiles."""
    peer = Bm25sPeer([papers[paper] for paper in profiles.paper_ids])
    return np.stack([peer.scores(f"{papers[paper].title} {papers[paper].abstract}") for paper in rated])


def _scores(table: Table, rated: Sequence[str], profiles: Profiles) -> Callable[[str, str], float]:
    rows = {paper: row for row, paper in enumerate(rated)}
    columns = {reviewer: column for column, reviewer in enumerate(profiles.reviewers)}
    return lambda reviewer, paper: float(table[rows[paper], columns[reviewer]])


def measures(score: Callable[[str, str], float], ratings: Ratings) -> dict[str, float]:
    """The four measures of a score by (reviewer, paper); NaN where there is no pair of the kind."""
    wrong, right, weight, kinds = [], [], [], []
    for reviewer, rated in ratings.items():
        papers = list(rated)
        truth = np.array([rated[paper] for paper in papers])
        found = np.array([score(reviewer, paper) for paper in papers])
        one, other = np.triu_indices(len(papers), 1)
        difference = truth[one] - truth[other]
        agree = np.sign(difference) * np.sign(found[one] - found[other])
        differ = difference != 0
        low, high = np.minimum(truth[one], truth[other]), np.maximum(truth[one], truth[other])
        wrong.append(((1 - agree) / 2)[differ])
        right.append((agree > 0)[differ])
        weight.append(np.abs(difference)[differ])
        kinds.append(np.stack(((high >= 4) & (low <= 2), low >= 4))[:, differ])
    cost, correct, weights = np.concatenate(wrong), np.concatenate(right), np.concatenate(weight)
    easy, hard = np.concatenate(kinds, axis=1)

    def share(values: npt.NDArray[Any]) -> float:
        return float(values.mean()) if len(values) else float("nan")

    loss = float((cost * weights).sum() / weights.sum()) if weights.sum() > 0 else float("nan")
    return {
        "loss": loss,
        "easy": share(correct[easy]),
        "hard": share(correct[hard]),
        "pair_accuracy": share(1 - cost),
    }


def _mean(draws: Sequence[Mapping[str, float]]) -> dict[str, float]:
    row = {key: float(np.mean([draw[key] for draw in draws])) for key in KEYS}
    return row | {"loss_sd": float(np.std([draw["loss"] for draw in draws])), "resamples": len(draws)}


def _pair_counts(ratings: Ratings) -> dict[str, int]:
    counts = {"easy": 0, "hard": 0, "all": 0}
    for rated in ratings.values():
        values = np.array(list(rated.values()))
        one, other = np.triu_indices(len(values), 1)
        low, high = np.minimum(values[one], values[other]), np.maximum(values[one], values[other])
        counts["all"] += int((low != high).sum())
        counts["easy"] += int(((high >= 4) & (low <= 2)).sum())
        counts["hard"] += int(((low >= 4) & (low != high)).sum())
    return counts


def _published(folder: Folder) -> list[Row]:
    """Rows of published systems, as the folder has them."""
    path = folder.find(_PUBLISHED)
    if path is None:
        return []
    try:
        read = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise EvaluationError(f"{path.name} is not JSON: {error}") from error
    rows: list[Row] = []
    for name, figures in read.items() if isinstance(read, dict) else ():
        if isinstance(figures, dict):
            rows.append({"name": f"published:{name}", **{key: figures.get(key) for key in KEYS}})
    return rows


TASK = Task(
    "reviewers",
    "affinity of reviewers to papers against their own ratings, beside TF-IDF, BM25 and published systems",
    run,
    ReviewersOptions,
    keys=KEYS,
    rows=("default", "tfidf", "bm25"),
)
