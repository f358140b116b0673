"""The grammar in which faults are asked for.

`cut=3; chunk-delay=50` in a header or a script and `sim/cut-3+chunk-delay-50` as a model name say
the same: `=` and `-` before the value, `;` and `+` between faults. `503-then-ok-2` is short for
`status-503+times-2`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Final

from app.simulator.behaviour import Behaviour
from app.simulator.fault_table import FAULTS, Fault
from app.utils.nearest import nearest

MODEL_PREFIX: Final = "sim/"
_FORM: Final = re.compile(r"([a-z][a-z\d-]*?)(?:[=-](\d{1,9}))?")
_THEN_OK: Final = re.compile(r"(\d+)-then-ok(?:[=-](\d{1,9}))?")
_RANGES: Final = {"status": ("a status", 400, 599), "MB": ("a size in MB", 0, 1000)}

_BY_NAME: Final = {fault.name: fault for fault in FAULTS}

Asked = tuple[Fault, int]


class FaultError(ValueError):
    """The text asks for a fault that does not exist, or with a wrong value."""


def parse_faults(text: str) -> tuple[Asked, ...]:
    """Read what faults a text asks for.

    Raises:
        FaultError: it is not understood.
    """
    parts = (part.strip() for part in re.split("[;+]", text) if part.strip())
    return tuple(_parse_one(one) for part in parts for one in _in_full(part))


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


def _in_full(text: str) -> Iterator[str]:
    """Yield the two faults that `503-then-ok-2` is short for, or the text itself."""
    match = _THEN_OK.fullmatch(text)
    if match is None:
        yield text
        return
    status, requests = match.groups()
    if requests is None:
        raise FaultError(f"{text!r} needs a value: {text}=<requests>.")
    yield f"status={status}"
    yield f"times={requests}"


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
    if fault.unit in _RANGES:
        what, least, most = _RANGES[fault.unit]
        if not least <= number <= most:
            raise FaultError(
                f"the fault {name!r} takes {what} from {least} to {most}, not {number}."
            )
    return fault, number
