"""``scholarcore bench``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.evaluate import OptionsOption, further_options, show_rows
from cli.context import JsonOption
from cli.progress import showing_progress

__all__ = ["bench"]


def bench(
    what: Annotated[str, typer.Argument(help="What to time: ranking, search, people, build, ...")],
    *,
    papers: Annotated[int | None, typer.Option(min=1, help="Size of the generated corpus.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A real corpus instead of a generated one.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="The engine that answers.")] = None,
    threads: Annotated[int | None, typer.Option(min=0, help="Cores a row may use; 0 for all.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of whatever is drawn at random.")] = None,
    option: OptionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure speed and memory, beside peers on the same data."""
    from evaluation import run_bench

    options = {
        "papers": papers,
        "corpus": corpus,
        "engine": engine,
        "threads": threads,
        "seed": seed,
        **further_options(option),
    }
    with showing_progress() as progress:
        result = run_bench(what, options, progress=progress)
    show_rows(result, as_json=as_json)
