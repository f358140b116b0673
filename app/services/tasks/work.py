"""One call of a task: what goes in, and at most how much comes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from app.core.tasks.files import File
from app.core.tasks.parts import parts_of
from app.core.tasks.task import Task, TaskBody, TaskParameters
from app.core.tasks.units import Unit
from app.services.tasks.measuring import BYTES_PER_TOKEN, Count, count_parts

# What text generation may be told, and write no more for it than it would.
_CHANGES_NO_LENGTH: Final = frozenset(
    {"do_sample", "early_stopping", "epsilon_cutoff", "eta_cutoff", "num_beam_groups", "num_beams"}
    | {"penalty_alpha", "temperature", "top_k", "top_p", "typical_p", "use_cache"}
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a task is asked for, besides its body."""

    media_type: str  # of the body, as it goes to the upstream
    is_named: bool  # the caller has named the task, not only the model
    headers: Mapping[str, str] = field(default_factory=dict[str, str])  # that go on with it


@dataclass(frozen=True, slots=True)
class Work:
    """What a call of a task asks for."""

    task: Task
    manner: Manner
    read: Count
    most_written: int
    strange: Sequence[str]  # parameters that are not known here, and may cost anything
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])  # all parameters

    @property
    def unit_in(self) -> str:
        """Return what goes in is measured in."""
        return self.task.reads.value

    @property
    def unit_out(self) -> str | None:
        """Return what comes out is measured in; None: it is not."""
        return None if self.task.writes is None else self.task.writes.value


async def work_of(task: Task, body: TaskBody | File, manner: Manner) -> Work:
    """Return what a task is to do with a body, which was found to be in its form."""
    parameters: Mapping[str, Any] = {}
    strange: Sequence[str] = ()
    parts = [body] if isinstance(body, File) else []
    if isinstance(body, TaskBody):
        sent = dict(body)
        told = sent.pop("parameters", None)
        parameters = {} if told is None else told.model_dump(exclude_none=True)
        if task.is_flat:
            flat = body.model_dump(include={*task.parameters}, exclude_none=True)
            parameters = {**parameters, **flat}
        strange = [*(told.model_extra or {}), *_strange_inside(told)] if told is not None else ()
        beside = {"options", *(task.parameters if task.is_flat else ())}
        parts = [*parts_of([sent[name] for name in sent if name not in beside])]
    read = await count_parts(task.reads, parts)
    return Work(task, manner, read, task.most(parameters, read.most), strange, parameters)


def _strange_inside(told: TaskParameters) -> Iterator[str]:
    """Yield what the text generation inside a task is told that may change how much it writes."""
    for name, value in told:
        if isinstance(value, dict):
            inside = cast("Mapping[str, Any]", value)
            yield from (f"{name}.{key}" for key in inside if key not in _CHANGES_NO_LENGTH)


def tokens_of(units: int | None, unit: str | None) -> int:
    """Return how many tokens some units count as where a limit is one of tokens.

    Text counts as about as many as it has; pictures and sounds count as none.
    """
    match unit:
        case Unit.TOKEN:
            return units or 0
        case Unit.CHARACTER:
            return -(-(units or 0) // BYTES_PER_TOKEN)
        case _:
            return 0
