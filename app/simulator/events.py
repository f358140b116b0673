"""Turns chunks into the events of a stream."""

from collections.abc import Sequence
from typing import Final

from app.simulator.behaviour import Behaviour
from app.simulator.spoiling import Part, spoil

ERROR_TEXT: Final = "Simulated error in the middle of a stream."

_OBJECT_ERROR: Final = (
    f'{{"error":{{"message":"{ERROR_TEXT}","type":"server_error","param":null,"code":null}}}}'
).encode()
_TEXT_ERROR: Final = f'{{"error":"{ERROR_TEXT}","error_type":"generation"}}'.encode()
_DONE: Final = b"[DONE]"


def events_of(said: Sequence[bytes], behaviour: Behaviour, *, has_done: bool) -> list[Part]:
    """Return the events of a stream as bytes, as far as it is to go.

    Args:
        said: The data of each.
        behaviour: What goes wrong.
        has_done: It ends with `[DONE]`.
    """
    limit = _limit(behaviour)
    data: list[Part] = [(one,) for one in said[:limit]]
    if data:
        index = min(behaviour.spoil_at, len(data) - 1)
        data[index] = spoil(data[index][0], behaviour)
    if behaviour.error_after is not None:
        data.append((_TEXT_ERROR if behaviour.error_is_text else _OBJECT_ERROR,))
    elif limit is None and has_done and behaviour.has_done:
        data.append((_DONE,))
    return [_framed(one, behaviour) for one in data]


def _limit(behaviour: Behaviour) -> int | None:
    limits = (
        behaviour.cut_after,
        behaviour.stall_after,
        behaviour.end_after,
        behaviour.error_after,
        0 if behaviour.is_empty else None,
    )
    return min((one for one in limits if one is not None), default=None)


def _framed(data: Part, behaviour: Behaviour) -> Part:
    pieces = list(data)
    pieces[0] = (b"data: " if behaviour.has_space else b"data:") + pieces[0]
    pieces[-1] += behaviour.line_end.encode() * 2
    return tuple(pieces)
