"""Routes that take amounts, and read them to the last digit."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from fastapi import Request, Response

from app.api.dependencies.permissions import Handler, PermittedRoute

_LONGEST: Final = 100


class ExactRequest(Request):
    """A request in whose JSON `0.1` is a decimal number, and not the nearest binary one."""

    async def json(self) -> Any:
        """Return the body, read anew."""
        return json.loads(await self.body(), parse_float=_decimal)


class ExactRoute(PermittedRoute):
    """A route whose body is read as an `ExactRequest`, once its caller is let in."""

    def get_route_handler(self) -> Handler:
        """Return the handler, behind the check."""
        handle = super().get_route_handler()

        async def handle_exactly(request: Request) -> Response:
            return await handle(ExactRequest(request.scope, request.receive))

        return handle_exactly


def _decimal(text: str) -> Decimal:
    """Return a number with a point or an exponent; what nobody could mean is none."""
    try:
        return Decimal(text if len(text) <= _LONGEST else "nan")
    except InvalidOperation:  # an exponent of 20 digits
        return Decimal("nan")
