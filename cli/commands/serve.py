"""``scholarcore serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import DataOption, settings_of

__all__ = ["serve"]


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="setting 'host'")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.", show_default="setting 'port'")
    ] = None,
    data: DataOption = None,
) -> None:
    """Serve the API and the web pages until Ctrl-C; prints the address when searches can be answered."""
    from cli.serving import listening, serve_until_stopped

    settings = settings_of(context, data, host=host, port=port)
    with listening(settings) as listener:
        serve_until_stopped(settings, listener)
