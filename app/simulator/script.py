"""Answers written down in a file: a pattern for requests, and what they get.

The first rule that fits a request answers it; a request that fits none gets the ordinary answer.
"""

import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)

from app.core.errors import ConfigurationError
from app.core.problems import Location, dotted, lines_of
from app.simulator.faults import Asked, FaultError, parse_faults

_KINDS: Final = ("text", "json", "tool_calls", "status")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Pacing(_Strict):
    """How fast ordinary answers come."""

    delay_ms: Annotated[int, Field(ge=0)] = 0
    chunk_delay_ms: Annotated[int, Field(ge=0)] = 10


class ScriptedCall(_Strict):
    """A call of a tool, as the answer makes it."""

    name: Annotated[str, Field(min_length=1)]
    arguments: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])


class Rule(_Strict):
    """A pattern for requests, all given parts of which must fit, and their answer."""

    model: str = "*"
    contains: str = ""
    stream: bool | None = None
    times: Annotated[int | None, Field(ge=1)] = None

    from_seconds: Annotated[float, Field(ge=0)] = 0.0
    until_seconds: Annotated[float | None, Field(gt=0)] = None
    every_seconds: Annotated[float | None, Field(gt=0)] = None

    text: str | None = None
    json_: Annotated[JsonValue, Field(alias="json")] = None
    tool_calls: Annotated[tuple[ScriptedCall, ...] | None, Field(strict=False)] = None
    status: Annotated[int | None, Field(ge=400, le=599)] = None

    body: JsonValue = None
    reasoning: str | None = None
    fault: str = ""
    delay_ms: Annotated[int | None, Field(ge=0)] = None

    @field_validator("fault")
    @classmethod
    def _known_fault(cls, text: str) -> str:
        try:
            parse_faults(text)
        except FaultError as error:
            raise ValueError(str(error)) from error
        return text

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        given = [kind for kind in _KINDS if self._has(kind)]
        if len(given) > 1:
            raise ValueError(f"says {' and '.join(given)}: leave one of them")
        if self.tool_calls == ():
            raise ValueError("tool_calls lists none: name one, or leave it out")
        if not given and not self.fault and self.delay_ms is None:
            raise ValueError(f"has no answer: {', '.join(_KINDS)}, fault or delay_ms")
        if self.body is not None and self.status is None:
            raise ValueError("has a body without a status: add one")
        if self.reasoning is not None and self.status is not None:
            raise ValueError("says reasoning and status: leave one")
        return self

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        end = self.until_seconds or self.every_seconds
        if end is not None and self.from_seconds >= end:
            name = "until_seconds" if self.until_seconds else "every_seconds"
            raise ValueError(f"never applies: from_seconds must be less than {name}")
        if self.every_seconds is not None and (self.until_seconds or 0) > self.every_seconds:
            raise ValueError("until_seconds must not be more than every_seconds")
        if self.every_seconds is not None and not (self.from_seconds or self.until_seconds):
            raise ValueError("has every_seconds alone: add from_seconds or until_seconds")
        return self

    def _has(self, kind: str) -> bool:
        return ("json_" if kind == "json" else kind) in self.model_fields_set

    @property
    def has_json(self) -> bool:
        """Whether the answer is a JSON value, which may be null."""
        return self._has("json")

    @property
    def faults(self) -> tuple[Asked, ...]:
        """The faults that the rule asks for."""
        return parse_faults(self.fault)

    def is_due(self, seconds: float) -> bool:
        """Return whether the rule applies so many seconds after the simulator's start."""
        moment = seconds if self.every_seconds is None else seconds % self.every_seconds
        return self.from_seconds <= moment and (
            self.until_seconds is None or moment < self.until_seconds
        )

    def fits(self, *, model: str, text: str, stream: bool) -> bool:
        """Return whether a request is one of those the rule answers."""
        bare, _, _ = model.partition(":")
        return (
            (fnmatchcase(model, self.model) or fnmatchcase(bare, self.model))
            and self.contains.casefold() in text.casefold()
            and self.stream in {None, stream}
        )


class Script(_Strict):
    """The pacing of ordinary answers and the rules for others."""

    pacing: Pacing = Pacing()
    answers: Annotated[tuple[Rule, ...], Field(strict=False)] = ()


_FIELDS: Final[dict[str, type[BaseModel]]] = {
    "": Script,
    "pacing": Pacing,
    "answers": Rule,
    "answers.tool_calls": ScriptedCall,
}


def load_script(path: Path) -> Script:
    """Read a script from a TOML or a JSON file.

    Raises:
        ConfigurationError: the file cannot be read, or something in it is not understood.
    """
    try:
        return Script.model_validate(_read(path))
    except ValidationError as error:
        lines = lines_of(error, name=dotted, known=_known)
        raise ConfigurationError(*(f"{path}: {line}" for line in lines)) from error


def _read(path: Path) -> JsonValue:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: cannot be read: not UTF-8 text") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        if path.suffix == ".toml":
            return tomllib.loads(text)
        if path.suffix == ".json":
            return json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{path}: is no {path.suffix[1:].upper()}: {error}") from error
    raise ConfigurationError(f"{path}: must be a .toml or a .json file")


def _known(location: Location) -> list[str]:
    """Return the names that are allowed at a place."""
    place = ".".join(part for part in location if isinstance(part, str))
    fields = _FIELDS[place].model_fields if place in _FIELDS else {}
    return [field.alias or name for name, field in fields.items()]
