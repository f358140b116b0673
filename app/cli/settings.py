"""How every command begins: with the settings, and a log that keeps off standard output."""

from typing import Any

from app.core import logging
from app.core.config import Settings, get_settings


def read_settings(**overrides: Any) -> Settings:
    """Read the settings, with those of the command line on top, and start the log.

    Raises:
        ConfigurationError: a name is unknown, a value is bad or a file cannot be read.
    """
    settings = get_settings(**overrides)
    logging.configure(settings)
    return settings


def read_quiet_settings(**overrides: Any) -> Settings:
    """Read the settings for a command that is over in a moment: requests it makes are not logged.

    Raises:
        ConfigurationError: a name is unknown, a value is bad or a file cannot be read.
    """
    settings = get_settings(**overrides)
    is_chatty = settings.log_level == "info"
    quiet = settings.model_copy(update={"log_level": "warning"}) if is_chatty else settings
    logging.configure(quiet)
    return settings
