"""``scholarcore evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.context import JsonOption
from cli.output import console, emit_json, plain, table
from cli.progress import showing_progress

__all__ = ["OptionsOption", "evaluate", "further_options", "show_rows"]

OptionsOption = Annotated[
    list[str] | None,
    typer.Option("--option", "-o", metavar="NAME=VALUE", help="Any other option it declares. Again for more."),
]


def evaluate(
    task: Annotated[str, typer.Argument(help="What to evaluate: search, experts, reviewers, ...")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A benchmark folder.")],
    *,
    judged_only: Annotated[
        bool | None, typer.Option("--judged-only", help="Rank only the documents judged for a query.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The papers, for tasks whose folder may lack them.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="The engine that answers.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of whatever is drawn at random.")] = None,
    option: OptionsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a task on a benchmark folder, beside baselines on the same data."""
    from evaluation import run_evaluation

    options = {
        "judged_only": judged_only or None,
        "corpus": corpus,
        "engine": engine,
        "seed": seed,
        **further_options(option),
    }
    with showing_progress() as progress:
        result = run_evaluation(task, folder, options, progress=progress)
    show_rows(result, as_json=as_json)


def further_options(given: list[str] | None) -> dict[str, str]:
    """``name=value`` pairs; dashes in names are underscores."""
    options: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--option")
        options[name.replace("-", "_")] = value
    return options


def show_rows(result: dict[str, Any], *, as_json: bool) -> None:
    """Print an evaluation's or a bench's one JSON object, or its rows as a table."""
    if as_json:
        emit_json(result)
        return
    rows = result["rows"]
    columns = ["name", *dict.fromkeys(key for row in rows for key in row if key != "name")]
    console().print(f"{result.get('task') or result.get('bench')} on {plain(result['data'])}", style="bold")
    table(columns, [[_shown(row.get(key, "")) for key in columns] for row in rows], right=range(1, len(columns)))


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
