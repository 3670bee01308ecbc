"""Rows as comma-separated values (RFC 4180, UTF-8): a line of field names, then a line a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

__all__ = ["MEDIA_TYPE", "as_csv"]

MEDIA_TYPE = "text/csv"


def as_csv(rows: Iterable[BaseModel], model: type[BaseModel], *, header: bool = True) -> str:
    """``rows`` of ``model``. Lists are joined by "; ", nothing stands for null."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = list(model.model_fields)
    if header:
        writer.writerow(names)
    for row in rows:
        values = row.model_dump(mode="json")
        writer.writerow([_cell(values[name]) for name in names])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else value
