"""What an operator can set: one typed table, read from the environment, a TOML file, or the command line."""

from settings.describe import SettingRow
from settings.model import ApiSettings, ElasticsearchSettings, EmbeddingSettings, Settings, describe, load

__all__ = ["ApiSettings", "ElasticsearchSettings", "EmbeddingSettings", "SettingRow", "Settings", "describe", "load"]
