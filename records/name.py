"""Personal names as parts, in the order the source meant them. A name is never a key: identity lives elsewhere."""

from __future__ import annotations

import msgspec

__all__ = ["Name"]


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """A personal name.

    ``given`` and ``family`` are as printed; ``particle`` is a family-name particle kept apart ("van der", "de"),
    ``suffix`` a generational suffix ("Jr.", "III"). A mononym has only ``family``. ``native`` is the same name in its
    own script when the source prints both ("丁佳玙").
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    native: str = ""

    @property
    def full(self) -> str:
        """Display form, "Given particle Family, Suffix"."""
        text = " ".join(part for part in (self.given, self.particle, self.family) if part)
        return f"{text}, {self.suffix}" if self.suffix else text
