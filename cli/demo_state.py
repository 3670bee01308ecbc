"""What a demo folder remembers: for which corpus it was made, and whether that was finished."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec

from cli.opening import open_store
from records.errors import SettingsError

if TYPE_CHECKING:
    from indexer.demo import DemoSpec
    from settings import Settings

__all__ = ["DemoState"]


class _Marker(msgspec.Struct, frozen=True):
    papers: int
    seed: int
    complete: bool


class DemoState:
    """The state of the demo in the data folder of ``settings``.

    :raises SettingsError: when the folder holds a collection that is no demo, which a demo must not touch.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.data / "demo.json"
        self.corpus = settings.data / "corpus"
        strangers = (settings.catalog_path, settings.engine_path)
        if not self._path.exists() and any(path.exists() for path in strangers):
            raise SettingsError(
                f"{settings.data} holds a collection that is no demo; choose another folder with --data"
            )

    def complete(self, spec: DemoSpec) -> bool:
        """Whether this corpus was built and can be searched."""
        wanted = _Marker(spec.papers, spec.seed, complete=True)
        return self._read() == wanted and bool(open_store(self._settings).generations())

    def begin(self, spec: DemoSpec) -> None:
        """Note what is being made. Another corpus than before starts from an empty catalog."""
        before = self._read()
        if before is None or (before.papers, before.seed) != (spec.papers, spec.seed):
            for path in (self._settings.catalog_path, self._settings.catalog_path.with_suffix(".duckdb.wal")):
                path.unlink(missing_ok=True)
            shutil.rmtree(self.corpus, ignore_errors=True)
        self._write(_Marker(spec.papers, spec.seed, complete=False))

    def end(self, spec: DemoSpec) -> None:
        """Note that it is done."""
        self._write(_Marker(spec.papers, spec.seed, complete=True))

    def _read(self) -> _Marker | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Marker)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _write(self, marker: _Marker) -> None:
        self._settings.data.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(marker))
        partial.replace(self._path)
