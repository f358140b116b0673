"""Named values from the environment, `.env` and Docker secrets, and where each was found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from app.core.errors import ConfigurationError

ENV_FILE: Final = Path(".env")


@dataclass(frozen=True, slots=True)
class Place:
    """One place that holds named values, with the label that a message calls it by."""

    label: str
    values: Mapping[str, str]
    is_folder: bool = False

    def named(self, name: str) -> str:
        """Return how a message points at one value of this place."""
        if not self.is_folder:
            return f"{self.label}: {name}"
        return str(Path(self.label) / (name if name in self.values else name.lower()))

    def get(self, name: str) -> str | None:
        """Return a value that is not empty; secret files may be named in lower case."""
        if self.is_folder:
            return self.values.get(name) or self.values.get(name.lower()) or None
        return self.values.get(name) or None


@dataclass(frozen=True, slots=True)
class Variables:
    """All places, the strongest first."""

    places: tuple[Place, ...]

    def get(self, name: str) -> str | None:
        """Return the strongest value of a name that is not empty."""
        return next((value for place in self.places if (value := place.get(name))), None)

    def where(self, name: str) -> str:
        """Return how a message points at the value that `get` returns."""
        return next((place.named(name) for place in self.places if place.get(name)), name)


def environment_place(environment: Mapping[str, str]) -> Place:
    """Wrap the process environment."""
    return Place("environment", environment)


def dotenv_place(path: Path = ENV_FILE) -> Place:
    """Read a `.env` file; a missing one holds nothing.

    Raises:
        ConfigurationError: the file cannot be read, or a line is not NAME=value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Place(str(path), {})
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {cannot_read(error)}") from error
    broken = [_line(one) for one in parse_stream(StringIO(text)) if _is_broken(one)]
    if broken:
        raise ConfigurationError(*(f"{path}: line {line}: not NAME=value" for line in broken))
    values = dotenv_values(stream=StringIO(text))
    return Place(str(path), {name: value for name, value in values.items() if value})


def _is_broken(binding: Binding) -> bool:
    return binding.error or (binding.key is not None and binding.value is None)


def _line(binding: Binding) -> int:
    text = binding.original.string  # begins with the blank lines before it
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def secrets_place(folder: Path) -> Place:
    """List a folder of Docker secrets, one file a value; a missing one holds nothing.

    Raises:
        ConfigurationError: the folder or a file in it cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        return Place(str(folder), {}, is_folder=True)
    except OSError as error:
        raise ConfigurationError(f"{folder}: {cannot_read(error)}") from error
    return Place(str(folder), _Files({path.name: path for path in files}), is_folder=True)


class _Files(Mapping[str, str]):
    """The files of a folder, read only when asked for: others may not be ours to read."""

    def __init__(self, paths: dict[str, Path]) -> None:
        self._paths = paths

    def __getitem__(self, name: str) -> str:
        return read_secret_file(self._paths[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def read_secret_file(path: Path) -> str:
    """Return the text of a secret file without the white space around it.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {cannot_read(error)}") from error


def cannot_read(error: OSError | UnicodeDecodeError) -> str:
    """Say in half a sentence why a file cannot be read."""
    if isinstance(error, UnicodeDecodeError):
        return "cannot be read: not UTF-8 text"
    return f"cannot be read: {error.strerror or error}"
