"""What API keys must be allowed, and no more: one that serves only reads, one that builds writes."""

from __future__ import annotations

from typing import Any

__all__ = ["BUILDING", "SERVING", "privileges"]

SERVING, BUILDING = "serving", "building"

_CLUSTER = {
    SERVING: [],
    # Health and tasks; templates the first time, and when a new version brings new ones.
    BUILDING: ["monitor", "manage_index_templates"],
}
_INDEX = {
    SERVING: ["read", "view_index_metadata"],
    BUILDING: ["read", "write", "manage"],
}


def privileges(kind: str, prefix: str) -> dict[str, Any]:
    """The role descriptor of an API key of this ``kind`` for the indices with this ``prefix``."""
    return {"cluster": _CLUSTER[kind], "indices": [{"names": [f"{prefix}-*"], "privileges": _INDEX[kind]}]}
