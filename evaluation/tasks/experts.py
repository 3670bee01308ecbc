"""Expert finding: topics, and papers standing for a need, against people known to be experts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from evaluation.folder import Folder
from evaluation.peers.bm25s_peer import Bm25sPeer
from evaluation.peers.expert_peers import Balog2Peer, PropagationPeer, VotingPeer
from evaluation.registry import Outcome, Row, Task, TaskOptions, embedded_only
from evaluation.search_index import plain, write_generation
from evaluation.vectors import KeptVectors, default_cache
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress
from search.embedding import make_embedder, paper_text
from search.experts.needs import read_needs
from search.experts.ranked import rank_people
from search.experts.request import ExpertRequest
from search.people import People, people_of_papers
from settings.model import load as load_settings

__all__ = ["TASK", "ExpertOptions"]

BASELINES = ("voting", "propagation", "balog2")
METHODS = ("default", "lexical", *BASELINES)
DOCUMENT = ":document"
_RESAMPLES = 2_000
_KEYS = ("P@10", "MAP", "AUC")

Floats = npt.NDArray[np.float64]
Scorer: TypeAlias = Callable[["Asked"], Floats]
"""Scores of all people for what is asked, by position."""


class ExpertOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the experts task. ``methods`` picks rows; ``model`` and ``max_tokens`` choose the embedding (the
    product's settings where not given); ``cache`` keeps vectors.
    """

    methods: tuple[str, ...] = METHODS
    model: str | None = None
    max_tokens: int | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: a topic's text, or a paper (``paper``: its id, ``position``: its place) that must not find itself."""

    topic: str
    text: str
    paper: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Papers in ascending order of id, queries of both kinds, and by topic who of ``candidates`` is an expert.

    ``candidates``: ids in ascending order; ``places``: their positions among all authors, -1 for one without a paper.
    """

    papers: Sequence[Paper]
    topics: Sequence[Asked]
    documents: Sequence[Asked]
    candidates: Sequence[str]
    places: npt.NDArray[np.int64]
    experts: Mapping[str, npt.NDArray[np.bool_]]


def read_problem(folder: Folder) -> Problem:
    """What the folder asks.

    :raises EvaluationError: when a file is missing or damaged, or no query has an expert among the candidates.
    """
    papers = sorted(folder.papers(), key=lambda paper: paper.id)
    people = {a.author_id or a.name.full for paper in papers for a in paper.authorships}
    experts: dict[str, set[str]] = {}
    for _, cells in folder.table("experts.tsv", 2, number=2 if _graded(folder) else None):
        if len(cells) < 3 or not _is_zero(cells[2]):
            experts.setdefault(cells[0], set()).add(cells[1])
    candidates = sorted(people)
    if folder.find("judged_candidates.tsv"):
        candidates = sorted({cells[0] for _, cells in folder.table("judged_candidates.tsv", 1)})
    chosen = set(candidates)
    place = {person: position for position, person in enumerate(sorted(people))}
    folder.notes["candidates without a paper"] += len(chosen - people)
    folder.notes["experts that are not candidates"] += len(set().union(*experts.values()) - chosen) if experts else 0
    marked = {topic: np.array([c in known for c in candidates]) for topic, known in experts.items()}
    marked = {topic: mask for topic, mask in marked.items() if mask.any()}
    topics = [Asked(query.id, query.text) for query in folder.queries() if query.id in marked and query.text]
    documents = list(_documents(folder, papers, marked))
    if not topics and not documents:
        raise EvaluationError(f"{folder.path}: no query has an expert in experts.tsv among the candidates")
    places = np.array([place.get(person, -1) for person in candidates], dtype=np.int64)
    return Problem(papers, topics, documents, candidates, places, marked)


def _graded(folder: Folder) -> bool:
    return all(len(cells) > 2 for _, cells in folder.table("experts.tsv", 2))


def _is_zero(grade: str) -> bool:
    try:
        return float(grade) <= 0
    except ValueError:
        return False


def _documents(folder: Folder, papers: Sequence[Paper], experts: Mapping[str, Any]) -> Iterator[Asked]:
    if folder.find("document_queries.tsv") is None:
        return
    place = {paper.id: position for position, paper in enumerate(papers)}
    for _, cells in folder.table("document_queries.tsv", 2):
        position = place.get(cells[1])
        if position is None:
            folder.notes["document queries whose paper is not there"] += 1
        elif cells[0] in experts:
            paper = papers[position]
            yield Asked(cells[0], paper_text(paper.title, paper.abstract), paper.id, position)
        else:
            folder.notes["document queries without an expert"] += 1


def run(folder: Folder, options: ExpertOptions, progress: Progress) -> Outcome:
    """Rank the candidates for every query by every method asked for."""
    unknown = [method for method in options.methods if method not in METHODS]
    if unknown or not options.methods:
        raise EvaluationError(f"methods must be some of {', '.join(METHODS)}, not {', '.join(unknown) or 'none'}")
    embedded_only(options.engine)
    problem = read_problem(folder)
    settings: dict[str, Any] = {"papers": len(problem.papers), "candidates": len(problem.candidates)}
    seconds: dict[str, float] = {}
    rows: list[Row] = []
    with _scorers(problem, options, settings, progress) as scorers:
        for method, scorer in scorers.items():
            started = time.perf_counter()
            kinds = (("", problem.topics), (DOCUMENT, problem.documents))
            for suffix, asked in kinds:
                if asked:
                    progress.start(f"rank {method}{suffix}", len(asked))
                    rows.append({"name": f"{method}{suffix}", **_measured(problem, scorer, asked, options, progress)})
                    progress.finish()
            seconds[method] = time.perf_counter() - started
    settings["notes"] = {what: count for what, count in sorted(folder.notes.items()) if count}
    return Outcome(rows, {**settings, "seconds": seconds})


@contextmanager
def _scorers(
    problem: Problem, options: ExpertOptions, settings: dict[str, Any], progress: Progress
) -> Iterator[dict[str, Scorer]]:
    """Methods by name, over the product's own engine and over the peers', gone at the end."""
    with ExitStack() as stack:
        made: dict[str, Scorer] = {}
        if "default" in options.methods:
            made["default"] = _product(stack.enter_context(_people(problem, options, settings, progress)))
        if "lexical" in options.methods:
            made["lexical"] = _product(stack.enter_context(_people(problem, None, {}, progress)))
        if set(options.methods) & set(BASELINES):
            made |= _peers(problem, options.methods)
        yield {method: made[method] for method in options.methods}


@contextmanager
def _people(
    problem: Problem, options: ExpertOptions | None, settings: dict[str, Any], progress: Progress
) -> Iterator[People]:
    """The product over the papers; without ``options`` it has no vectors."""
    embedder, kept = None, None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-evaluate-")))
        if options is not None:
            chosen = load_settings().embedding
            model, tokens = options.model or chosen.model, options.max_tokens or chosen.max_tokens
            embedder = make_embedder(model, device=chosen.device, max_tokens=tokens, batch_size=chosen.batch_size)
        if embedder is not None and options is not None:
            cache = Path(options.cache) if options.cache else default_cache()
            kept = stack.enter_context(KeptVectors(embedder, cache))
            settings["embedding"] = {"model": embedder.name, "dimension": embedder.dimension, "cache": cache}
        engine = write_generation(problem.papers, folder / "engine", kept, progress).reader()
        stack.callback(engine.close)
        yield People(engine, embedder)


def _product(people: People) -> Scorer:
    def scores(asked: Asked) -> Floats:
        request = ExpertRequest(papers=(asked.paper,)) if asked.paper else ExpertRequest(query=plain(asked.text))
        found = np.zeros(people.arrays.authors)
        if not asked.paper and not request.query:
            return found
        needs, _ = read_needs(people, request)
        without = np.array([] if asked.position is None else [asked.position], dtype=np.int64)
        ranked = rank_people(people, needs, without=without)
        found[ranked.bylines.people] = ranked.scores
        return found

    return scores


def _peers(problem: Problem, methods: Sequence[str]) -> dict[str, Scorer]:
    authors = people_of_papers(problem.papers).corpus.authors
    bm25 = Bm25sPeer(problem.papers)
    makers: dict[str, Callable[[], VotingPeer | PropagationPeer | Balog2Peer]] = {
        "voting": lambda: VotingPeer(bm25, authors),
        "propagation": lambda: PropagationPeer(bm25, authors),
        "balog2": lambda: Balog2Peer(problem.papers, authors),
    }
    return {method: _peer(makers[method]()) for method in methods if method in makers}


def _peer(peer: VotingPeer | PropagationPeer | Balog2Peer) -> Scorer:
    return lambda asked: peer.scores(asked.text, asked.position)


def _measured(
    problem: Problem, scorer: Scorer, queries: Sequence[Asked], options: ExpertOptions, progress: Progress
) -> dict[str, Any]:
    """Means over queries, with bootstrap 95% intervals over queries."""
    values = []
    for asked in queries:
        everyone = np.append(scorer(asked), 0.0)  # the last is for candidates without a paper
        values.append(measures(everyone[problem.places], problem.experts[asked.topic]))
        progress.advance()
    table = np.array(values)
    row: dict[str, Any] = dict(zip(_KEYS, np.nanmean(table, axis=0).tolist(), strict=True))
    row["queries"] = len(queries)
    random = np.random.default_rng(options.seed)
    drawn = random.integers(0, len(table), size=(_RESAMPLES, len(table)))
    for column, key in enumerate(_KEYS):
        means = np.nanmean(table[drawn, column], axis=1)
        row[f"{key}_ci"] = [float(bound) for bound in np.percentile(means, (2.5, 97.5))]
    return row


def measures(scores: Floats, expert: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """P@10, average precision and area under the ROC curve of candidates in ascending order of id.

    Equal scores rank by id; in the area they count half. The area is NaN when every candidate is an expert.
    """
    ranked = expert[np.argsort(-scores, kind="stable")]
    hits = np.flatnonzero(ranked)
    precision = float((np.arange(1, len(hits) + 1) / (hits + 1)).mean())
    experts, others = int(expert.sum()), int((~expert).sum())
    if not others:
        return float(ranked[:10].sum()) / 10, precision, float("nan")
    area = (float(rankdata(scores)[expert].sum()) - experts * (experts + 1) / 2) / (experts * others)
    return float(ranked[:10].sum()) / 10, precision, area


TASK = Task(
    "experts",
    "expert finding by topic and by paper, beside voting, propagation and Balog's Model 2",
    run,
    ExpertOptions,
    keys=(*_KEYS, "queries"),
    rows=METHODS,
)
