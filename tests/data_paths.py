"""Where real data lies, if it is there: tests use it when they can and their own small corpus when they cannot."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shared_data"]


def shared_data() -> Path | None:
    """The folder of real data beside the checkout, or None."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None
