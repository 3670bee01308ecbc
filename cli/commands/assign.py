"""``scholarcore assign``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, emit_model, note, table
from cli.progress import showing_progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from search.affinity import Vectorize
    from search.assignment import Solution
    from search.assignment.conference import Conference, Pair
    from search.assignment.inputs import ReviewerRecord
    from search.engine import Vectors
    from search.people import People
    from settings import Settings

__all__ = ["affinities_of", "assign"]

_MAX_TOKENS = 256  # an affinity is about whole abstracts

SubmissionsArgument = Annotated[Path, typer.Argument(metavar="SUBMISSIONS", help="JSON, JSON Lines or CSV.")]
ReviewersArgument = Annotated[Path, typer.Argument(metavar="REVIEWERS", help="JSON, JSON Lines or CSV.")]


def assign(
    context: typer.Context,
    submissions: SubmissionsArgument,
    reviewers: ReviewersArgument,
    *,
    demand: Annotated[int, typer.Option(min=0, help="Reviewers of a submission.")] = 3,
    load: Annotated[int, typer.Option(min=0, help="Highest load of a reviewer.")] = 6,
    min_load: Annotated[int, typer.Option(min=0, help="Least load of a reviewer.")] = 0,
    seniors: Annotated[int, typer.Option(min=0, help="Senior reviewers of a submission, at least.")] = 0,
    fair: Annotated[bool, typer.Option("--fair", help="Raise the lowest submission instead of the total.")] = False,
    apart: Annotated[bool, typer.Option("--apart", help="Recent co-authors do not share a submission.")] = False,
    cap: Annotated[float | None, typer.Option(help="Randomise: highest probability of a pair.")] = None,
    policy: Annotated[str, typer.Option(help="Conflicts of interest: default or strict.")] = "default",
    years: Annotated[int | None, typer.Option(min=1, help="Years that joint papers and workplaces count.")] = None,
    certain_only: Annotated[
        bool, typer.Option("--certain-only", help="Uncertain conflicts are listed but forbid nothing.")
    ] = False,
    guesses: Annotated[
        bool, typer.Option("--guesses/--no-guesses", help="Whether advisors guessed from bylines are conflicts.")
    ] = True,
    scores: Annotated[Path | None, typer.Option(help="Affinities: submission, reviewer, score.")] = None,
    bids: Annotated[Path | None, typer.Option(help="Bids: submission, reviewer, bid.")] = None,
    conflicts: Annotated[Path | None, typer.Option(help="Declared conflicts: submission, reviewer.")] = None,
    recent: Annotated[int | None, typer.Option(min=1, help="Only so many latest papers of a reviewer.")] = None,
    words_only: Annotated[bool, typer.Option("--words-only", help="Compare by words, without vectors.")] = False,
    top: Annotated[int, typer.Option(min=1, help="Candidates of a submission to begin with.")] = 100,
    time_limit: Annotated[float | None, typer.Option(help="Seconds after which the best so far is taken.")] = None,
    seed: Annotated[int, typer.Option(help="Of the randomised assignment.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the pairs as CSV.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page (HTML) with the reason for every pair.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Assign reviewers to submissions, with conflicts of interest kept and a reason for every pair."""
    from dataclasses import replace

    from records.errors import SettingsError
    from search.affinity.files import read_bids, read_pairs, read_scores
    from search.assignment import Objective, SolveOptions
    from search.assignment.conference import Rules, assign_all, prepare, reasons
    from search.assignment.inputs import read_reviewers, read_submissions
    from search.conflicts import PRESETS

    if policy not in PRESETS:
        raise SettingsError(f"there is no policy {policy!r}; there are: {', '.join(PRESETS)}")
    preset = PRESETS[policy]
    chosen = replace(preset, years=preset.years if years is None else years, guessed=guesses)
    rules = Rules(
        demand=demand,
        most=load,
        least=min_load,
        seniors=seniors,
        apart=apart,
        cap=cap,
        policy=chosen,
        uncertain=not certain_only,
        recent=recent,
        seed=seed,
    )
    options = SolveOptions(objective=Objective.FAIR if fair else Objective.TOTAL, top=top, time_limit=time_limit)
    papers, people = read_submissions(submissions), read_reviewers(reviewers)
    known = None if scores is None else read_scores(scores)
    wishes = None if bids is None else read_bids(bids)
    declared = [] if conflicts is None else read_pairs(conflicts)
    settings = settings_of(context, data)
    with _collection(settings) as found, showing_progress() as progress:
        embed = None if scores is not None or words_only else _vectorize(settings)
        conference = prepare(
            papers,
            people,
            people=found,
            vectorize=embed,
            scores=known,
            bids=wishes,
            conflicts=declared,
            rules=rules,
            progress=progress,
        )
        solution = assign_all(conference, options, progress)
        pairs = reasons(conference, solution, progress=progress)
    _write(conference, solution, pairs, output, report)
    if as_json:
        from api.schemas.conference_results import AssignmentResult

        emit_model(AssignmentResult.of(conference, solution, pairs))
    else:
        _show(conference, solution, pairs)


@contextmanager
def _collection(settings: Settings) -> Iterator[People | None]:
    """The people of the collection; None when nothing was built yet."""
    from cli.opening import open_store
    from records.errors import GenerationError
    from search.people import People

    try:
        engine = open_store(settings).reader()
    except GenerationError:
        note("note: nothing is built yet, so people are compared by what the files say, by name and by e-mail alone")
        yield None
        return
    try:
        yield People(engine)
    finally:
        engine.close()


def affinities_of(
    settings: Settings, people: Sequence[ReviewerRecord], texts: Sequence[str], *, words_only: bool = False
) -> npt.NDArray[np.float32]:
    """Affinities of people to texts, shape (texts, people)."""
    from search.assignment.scorers import scorer_of

    embed = None if words_only else _vectorize(settings)
    with _collection(settings) as found:
        return scorer_of(people, found, embed).table(texts, None if embed is None else embed(texts))


def _vectorize(settings: Settings) -> Vectorize | None:
    """Embeds whole abstracts, keeping vectors in the data folder. None when the settings ask for no model."""
    from evaluation.vectors import KeptVectors
    from search.embedding import make_embedder

    chosen = settings.embedding
    embedder = make_embedder(chosen.model, chosen.device, max(chosen.max_tokens, _MAX_TOKENS), chosen.batch_size)
    if embedder is None:
        return None

    def embed(texts: Sequence[str]) -> Vectors:
        with KeptVectors(embedder, settings.vector_cache_path) as kept:
            return kept.embed(texts)

    return embed


def _write(
    conference: Conference, solution: Solution, pairs: list[Pair], output: Path | None, report: Path | None
) -> None:
    from search.assignment.report import as_csv, as_html

    if output is not None:
        output.write_text(as_csv(pairs), "utf-8")
    if report is not None:
        report.write_text(as_html(conference, solution, pairs), "utf-8")


def _show(conference: Conference, solution: Solution, pairs: list[Pair]) -> None:
    rows = [
        (
            pair.submission,
            pair.reviewer,
            f"{pair.affinity:.3f}",
            pair.rank,
            pair.explanation.papers[0].title if pair.explanation and pair.explanation.papers else "",
        )
        for pair in pairs
    ]
    table(("submission", "reviewer", "affinity", "rank", "nearest paper"), rows, right=(2, 3))
    kinds = len(conference.report.conflicts), len(conference.report.unresolved)
    console().print(
        f"{solution.objective.value} {solution.value:.4f} of at most {solution.bound:.4f}; "
        f"lowest submission {solution.lowest:.4f}; every rule was checked; "
        f"{kinds[0]} conflicts, {kinds[1]} people without a profile",
        style="dim",
    )
