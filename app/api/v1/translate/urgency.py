"""How urgent a call is: whose it is, and what its header says."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.core.errors import InvalidRequestError
from app.services.principals import Principal
from app.services.urgency import Urgency, urgency_of

_HEADER: Final = "X-Meterhouse-Class"
_CLASSES: Final = (b"interactive", b"batch")
# As a route shows it: declared to FastAPI, it would cost each call without it, too.
PARAMETER: Final[Mapping[str, Any]] = {
    "name": _HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "enum": [name.decode() for name in _CLASSES]},
    "description": "`batch` lets others go first where there is not room for all.",
}

_NAME: Final = _HEADER.lower().encode()


def read_urgency(headers: Iterable[tuple[bytes, bytes]], principal: Principal) -> Urgency:
    """Return how urgent a call is.

    Args:
        headers: As they came, with names in lower case.
        principal: Who calls.

    Raises:
        InvalidRequestError: the header says something else than it can.
    """
    said = [value.strip().lower() for name, value in headers if name == _NAME]
    if not all(value in _CLASSES for value in said):
        raise InvalidRequestError(
            f"The header {_HEADER} must be `interactive`, as without it, or `batch`.",
            param=_HEADER,
        )
    return urgency_of(principal, is_batch=b"batch" in said)
