"""The administrator's settings: declared once (model), read from a TOML file and the environment (load)."""

from allgo_hpc.settings.load import load_settings
from allgo_hpc.settings.model import Queue, Settings, SettingsError

__all__ = ["Queue", "Settings", "SettingsError", "load_settings"]
