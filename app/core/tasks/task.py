"""What is said of a task, once: everything else about it is derived from that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    create_model,
    model_validator,
)

from app.core.tasks.files import IN_BASE64, Kind
from app.core.tasks.units import Unit
from app.utils.first_fault import FIRST_ONLY

_create: Final[Any] = create_model  # its own types know no fields by a mapping
MOST_FIELDS: Final = 100  # each that is not known would be told
Most = Callable[[Mapping[str, Any], int], int]
Shape = Callable[[Any], Any]

# The types of parameters.
Whole = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Switch = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[str], FIRST_ONLY]
Labels = Annotated[list[str], FIRST_ONLY, Field(min_length=1)]
Generation = dict[str, Any]  # what the text generation inside a task is told
Scores = Literal["sigmoid", "softmax", "none"]


class Cap(NamedTuple):
    """The parameter that bounds how much comes out, and what it is where nobody says."""

    name: str
    otherwise: int


class Options(BaseModel):
    """What scripts of the retired API say besides. What is not listed is passed on."""

    model_config = ConfigDict(extra="allow")

    wait_for_model: Annotated[
        Switch | None, Field(description="Loading models are waited for, said or not.")
    ] = None
    use_cache: Annotated[Switch | None, Field(description="Told to the upstream.")] = None


class Closed(BaseModel):
    """An object that has only fields which are known."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _has_few(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(cast("dict[object, object]", value)) > MOST_FIELDS:
            raise ValueError(f"must have at most {MOST_FIELDS} fields")
        return cast("Any", value)


class TaskBody(Closed):
    """What a task is sent as JSON."""

    options: Options | None = None
    needs_one_of: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        needed = self.needs_one_of
        if needed and all(getattr(self, name) is None for name in needed):
            raise ValueError(f"needs {' or '.join(f'`{name}`' for name in needed)}")
        return self


class TaskParameters(BaseModel):
    """What a task is told besides its input. What is not listed is passed on."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


@dataclass(frozen=True)
class Task:
    """One task of Hugging Face.

    `inputs` and `root` are types: of the field `inputs`, and of fields that stand beside it.
    """

    name: str
    summary: str
    example: str  # a model of the Hub that does it
    answer: Any  # the type of the JSON; or the kind of file, which comes as it is
    reads: Unit  # what goes in is measured in it
    sample: Mapping[str, Any] = field(default_factory=dict[str, Any])  # a body, to be shown
    inputs: Any = None  # None: the body has no such field
    raw: Kind | None = None  # a body may also be such a file, without JSON around it
    root: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    needs: tuple[str, ...] = ()  # parameters without which it makes no sense
    needs_one_of: tuple[str, ...] = ()  # fields of the body, one of which has to be there
    is_flat: bool = False  # its parameters stand at the root
    writes: Unit | None = None  # what comes out is measured in it; None: it costs nothing
    written: tuple[str, ...] = ()  # the fields of the answer whose text is measured
    most: Most = lambda _, __: 0  # comes out, of parameters and what has gone in
    python: str | None = None  # the method of `huggingface_hub`'s client
    javascript: str | None = None  # that of `@huggingface/inference`
    no_url: tuple[str, ...] = ()  # clients that call it at no URL of one's own
    in_python: Shape | None = None  # what makes an answer one that its client can read
    in_javascript: Shape | None = None
    is_chat: bool = False  # its way is `/v1/chat/completions`
    is_streamed: bool = False  # with `stream`, its answer comes token by token
    cap: Cap | None = None  # what bounds how much comes out

    @cached_property
    def file(self) -> Kind | None:
        """Return what kind of file the answer is, or None: it is JSON."""
        return self.answer if isinstance(self.answer, Kind) else None

    @cached_property
    def form(self) -> type[TaskBody]:
        """Return the form of its body as JSON."""
        fields: dict[str, Any] = {name: _optional(kind) for name, kind in self.root.items()}
        inputs = self.inputs if self.raw is None else self.inputs or IN_BASE64[self.raw]
        if inputs is not None:
            is_needed = "inputs" not in self.needs_one_of
            fields["inputs"] = (inputs, ... if is_needed else None)
        if self.is_flat:
            fields |= {name: _optional(kind) for name, kind in self.parameters.items()}
        else:
            fields["parameters"] = self._parameters
        form: type[TaskBody] = _create(
            f"{self._class_name}Body", __base__=TaskBody, __doc__=self.summary, **fields
        )
        form.needs_one_of = self.needs_one_of
        return form

    @cached_property
    def answers(self) -> TypeAdapter[Any]:
        """Return what an answer in JSON is checked by."""
        return TypeAdapter(self.answer)

    @property
    def _class_name(self) -> str:
        return "".join(word.capitalize() for word in self.name.split("-"))

    @property
    def _parameters(self) -> tuple[Any, Any]:
        fields: dict[str, Any] = {
            name: (kind, ...) if name in self.needs else _optional(kind)
            for name, kind in self.parameters.items()
        }
        form: Any = _create(f"{self._class_name}Parameters", __base__=TaskParameters, **fields)
        return (form, ...) if self.needs else (form | None, None)


def _optional(kind: Any) -> tuple[Any, None]:
    return (kind | None, None)


def fixed(units: int) -> Most:
    """Return a bound that is always the same."""
    return lambda _, __: units


def at_most(cap: Cap, *, times: str) -> Most:
    """Return a bound that a parameter states, as often as another one says."""

    def most(parameters: Mapping[str, Any], _: int) -> int:
        said, count = parameters.get(cap.name), parameters.get(times)
        units = said if isinstance(said, int) else cap.otherwise
        return units * (count if isinstance(count, int) and count > 1 else 1)

    return most


def for_each(units: int, *, besides: int = 0) -> Most:
    """Return a bound of so many units for each one that goes in, and some more."""
    return lambda _, read: read * units + besides


_SIDE: Final = 1024


def pixels(parameters: Mapping[str, Any], read: int) -> int:
    """Return how many pixels come out: as asked for, or as large as what goes in, or 4 million."""
    asked = parameters.get("target_size")
    size = cast("Mapping[str, Any]", asked) if isinstance(asked, Mapping) else parameters
    sides = [size.get("width"), size.get("height")]
    # Of nothing, which asks for nothing, upstreams make what they like.
    known = [side for side in sides if isinstance(side, int) and side > 0]
    if known:
        return known[0] * (known[-1] if len(known) > 1 else 2 * _SIDE)
    return max(read, 4 * _SIDE * _SIDE)
