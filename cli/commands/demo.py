"""``scholarcore demo``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import count, emit_json, note
from cli.progress import showing_progress

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo import DemoSpec
    from records.progress import Progress
    from settings import Settings

__all__ = ["demo"]


def demo(
    context: typer.Context,
    *,
    papers: Annotated[int, typer.Option(min=1, help="How many papers to make up.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed makes another corpus.")] = 0,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop when it is built.")] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="setting 'host'")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.", show_default="setting 'port'")
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Make up a corpus, build it and serve it. The second time it is served at once."""
    from indexer.demo import DemoSpec

    settings = settings_of(context, data, host=host, port=port)
    spec = DemoSpec(papers=papers, seed=seed)
    if not no_serve:
        from cli.serving import listening, serve_until_stopped

        with listening(settings) as listener:  # a port that is taken is told before anything slow happens
            fresh = _prepare(settings, spec)
            _say(settings, spec, fresh=fresh, as_json=as_json)
            serve_until_stopped(settings, listener)
        return
    _say(settings, spec, fresh=_prepare(settings, spec), as_json=as_json)


def _say(settings: Settings, spec: DemoSpec, *, fresh: bool, as_json: bool) -> None:
    if as_json:
        emit_json({"data": str(settings.data), "papers": spec.papers, "seed": spec.seed, "built_now": fresh})
    else:
        note(f"{count(spec.papers, 'made-up papers')} in {settings.data}" + ("" if fresh else ", built before"))


def _prepare(settings: Settings, spec: DemoSpec) -> bool:
    """Have the corpus of ``spec`` built; True when that was not done before."""
    from cli.demo_state import DemoState

    state = DemoState(settings)
    if state.complete(spec):
        return False
    state.begin(spec)
    with showing_progress() as progress:
        _make(settings, spec, state.corpus, progress)
    state.end(spec)
    return True


def _make(settings: Settings, spec: DemoSpec, corpus: Path, progress: Progress) -> None:
    from cli.building import build_generation
    from indexer.catalog import Catalog
    from indexer.demo import write_corpus
    from indexer.sources.registry import reader_for

    write_corpus(spec, corpus, progress)
    with Catalog.open(settings.catalog_path) as catalog:
        for name in ("people.jsonl.gz", "papers.jsonl.gz"):
            catalog.import_source(reader_for("jsonl", "demo"), corpus / name, progress)
    build_generation(settings, progress)
