"""The faults that a caller can ask for, in one table, and the grammar to ask with.

`cut=3; chunk-delay=50` in a header or a script and `sim/cut-3+chunk-delay-50` as a model name say
the same: `=` and `-` before the value, `;` and `+` between faults.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from app.simulator.behaviour import Behaviour, Thoughts, UsageMode
from app.simulator.errors import gate_error, provider_error
from app.simulator.refusals import REFUSALS, NamedRefusal
from app.utils.nearest import nearest

MODEL_PREFIX: Final = "sim/"
_FORM: Final = re.compile(r"([a-z][a-z-]*?)(?:[=-](\d{1,9}))?")
_STATUSES: Final = range(400, 600)

Change = Callable[[Behaviour, int], Behaviour]


class FaultError(ValueError):
    """The text asks for a fault that does not exist, or with a wrong value."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that can be asked for by name, with the unit of its value if it takes one."""

    name: str
    unit: str
    summary: str
    change: Change


def _refusal(named: NamedRefusal) -> Fault:
    return Fault(named.name, "", named.summary, lambda it, _: replace(it, refusal=named.refusal))


FAULTS: Final = (
    Fault(
        "delay",
        "ms",
        "waits before the status line",
        lambda it, value: replace(it, delay_ms=value),
    ),
    Fault(
        "chunk-delay",
        "ms",
        "waits before each event of a stream",
        lambda it, value: replace(it, chunk_delay_ms=value),
    ),
    Fault(
        "status",
        "status",
        "this status, 400 to 599, with an error in object form",
        lambda it, value: replace(
            it, refusal=provider_error(value, f"Simulated status {value}.", kind="simulated")
        ),
    ),
    Fault(
        "status-text",
        "status",
        "this status, 400 to 599, with an error in text form",
        lambda it, value: replace(it, refusal=gate_error(value, f"Simulated status {value}.")),
    ),
    *map(_refusal, REFUSALS),
    Fault(
        "retry-after",
        "seconds",
        "adds `Retry-After` to an error",
        lambda it, value: replace(it, retry_after_seconds=value),
    ),
    Fault(
        "times",
        "requests",
        "misbehaves for so many requests with this model and header, then no more",
        lambda it, value: replace(it, times=value),
    ),
    Fault(
        "cut",
        "events",
        "aborts the connection after so many events, or in the middle of a whole answer",
        lambda it, value: replace(it, cut_after=value),
    ),
    Fault(
        "end",
        "events",
        "ends a stream after so many events as if that were all: no finish reason, no `[DONE]`",
        lambda it, value: replace(it, end_after=value),
    ),
    Fault(
        "error-event",
        "events",
        "after so many events of a stream one more with an error in object form, then the end",
        lambda it, value: replace(it, error_after=value),
    ),
    Fault(
        "error-event-text",
        "events",
        "the same with an error in text form",
        lambda it, value: replace(it, error_after=value, error_is_text=True),
    ),
    Fault(
        "no-done",
        "",
        "leaves out `data: [DONE]`",
        lambda it, _: replace(it, has_done=False),
    ),
    Fault(
        "no-space",
        "",
        "writes `data:` without the space after it",
        lambda it, _: replace(it, has_space=False),
    ),
    Fault(
        "json-answer",
        "",
        "answers a request for a stream with a whole JSON answer",
        lambda it, _: replace(it, is_whole=True),
    ),
    Fault(
        "one-choice",
        "",
        "gives one choice, whatever `n` says, as servers do that do not know `n`",
        lambda it, _: replace(it, has_all_choices=False),
    ),
    Fault(
        "no-usage",
        "",
        "leaves out the usage, asked or not",
        lambda it, _: replace(it, usage=UsageMode.MISSING),
    ),
    Fault(
        "usage-unasked",
        "",
        "puts the usage on the chunk with the finish reason, asked or not",
        lambda it, _: replace(it, usage=UsageMode.UNASKED),
    ),
    Fault(
        "prompt-tokens",
        "tokens",
        "says that the prompt took so many tokens",
        lambda it, value: replace(it, prompt_tokens=value),
    ),
    Fault(
        "completion-tokens",
        "tokens",
        "says that the answer took so many tokens",
        lambda it, value: replace(it, completion_tokens=value),
    ),
    Fault(
        "reasoning",
        "",
        "thinks aloud in `reasoning`",
        lambda it, _: replace(it, thoughts=Thoughts.REASONING),
    ),
    Fault(
        "reasoning-content",
        "",
        "thinks aloud in `reasoning_content`",
        lambda it, _: replace(it, thoughts=Thoughts.REASONING_CONTENT),
    ),
)

_BY_NAME: Final = {fault.name: fault for fault in FAULTS}

Asked = tuple[Fault, int]


def parse_faults(text: str) -> tuple[Asked, ...]:
    """Read what faults a text asks for.

    Raises:
        FaultError: it is not understood.
    """
    return tuple(_parse_one(part.strip()) for part in re.split("[;+]", text) if part.strip())


def faults_in_model(model: str) -> tuple[Asked, ...]:
    """Read what faults a model name asks for: none, unless it begins with `sim/`.

    Raises:
        FaultError: what follows `sim/` is not understood.
    """
    if not model.startswith(MODEL_PREFIX):
        return ()
    name, _, _ = model.removeprefix(MODEL_PREFIX).partition(":")
    return parse_faults(name)


def behave(asked: Iterable[Asked], start: Behaviour) -> Behaviour:
    """Apply faults one after another."""
    return reduce(lambda behaviour, one: one[0].change(behaviour, one[1]), asked, start)


def _parse_one(text: str) -> Asked:
    match = _FORM.fullmatch(text)
    if match is None:
        raise FaultError(f"{text!r} is not the name of a fault, or the name and a whole number.")
    name, value = match.groups()
    fault = _BY_NAME.get(name)
    if fault is None:
        meant = nearest(name, _BY_NAME)
        way_out = f"did you mean {meant}?" if meant else f"known are {', '.join(_BY_NAME)}."
        raise FaultError(f"unknown fault {name!r}, {way_out}")
    if bool(fault.unit) is not (value is not None):
        takes = f"needs a value: {name}=<{fault.unit}>" if fault.unit else "takes no value"
        raise FaultError(f"the fault {name!r} {takes}.")
    number = int(value or 0)
    if fault.unit == "status" and number not in _STATUSES:
        raise FaultError(f"the fault {name!r} takes a status from 400 to 599, not {number}.")
    return fault, number
