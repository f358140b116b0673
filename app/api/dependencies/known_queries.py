"""Routes that refuse a parameter they do not know: a misspelled filter would show too much."""

from collections.abc import Iterator
from typing import Final

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.core.errors import InvalidRequestError

_LONGEST_NAME: Final = 50  # that is repeated to whoever sent it


async def refuse_unknown_parameters(request: Request) -> None:
    """Return if the route knows every parameter of the query.

    Raises:
        InvalidRequestError: it does not know one, which `param` names.
    """
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    known = sorted({*_names(route.dependant)})
    for name in request.query_params:
        if name not in known:
            shown = name[:_LONGEST_NAME]
            there = f"There are {', '.join(f'`{one}`' for one in known)}." if known else ""
            raise InvalidRequestError(f"No parameter {shown!r} here. {there}".strip(), param=shown)


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for part in dependant.dependencies:
        yield from _names(part)


KNOWN_QUERY: Final = Depends(refuse_unknown_parameters)
