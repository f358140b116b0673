"""What the routes of the simulator are given."""

from typing import Annotated

from fastapi import Depends, Header, Request

from app.simulator.errors import RefusedError, gate_error
from app.simulator.simulator import Simulator

_MISSING = (
    "Invalid credentials in Authorization header. The simulator takes any token, "
    "but there must be one: Authorization: Bearer hf_anything"
)


async def get_simulator(request: Request) -> Simulator:
    """Return the simulator that the lifespan has made."""
    return request.state.simulator


async def require_token(authorization: Annotated[str | None, Header()] = None) -> str:
    """Return the bearer token, whatever it is.

    Raises:
        RefusedError: there is none.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusedError(gate_error(401, _MISSING))
    return token.strip()


SimulatorDep = Annotated[Simulator, Depends(get_simulator)]
TokenDep = Annotated[str, Depends(require_token)]
