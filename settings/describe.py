"""What one row of the settings table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["SettingRow"]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting: dotted ``name``, ``value`` in force, ``default``, environment ``variable`` and meaning."""

    name: str
    value: Any
    default: Any
    variable: str
    description: str
