"""What an operator can set: one typed table, read from the environment, a TOML file, or the command line."""

from settings.model import EmbeddingSettings, Settings, load

__all__ = ["EmbeddingSettings", "Settings", "load"]
