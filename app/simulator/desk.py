"""Where tasks in other dialects are handed in: they are noted, and answered."""

from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response

from app.simulator.dependencies import SimulatorDep
from app.simulator.journal import SeenCall, kind_of_token
from app.simulator.schemas.answers import ErrorAnswer
from app.simulator.simulator import Simulator
from app.simulator.tasks.form import Form

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ErrorAnswer},
    "5XX": {"model": ErrorAnswer},
}


class Desk:
    """Takes one request."""

    def __init__(self, request: Request, simulator: Simulator, faults: str) -> None:
        """Take the request, who answers it, and the faults that its header asks for."""
        self._request = request
        self._simulator = simulator
        self._faults = faults

    async def answer(self, form: Form, model: str) -> Response:
        """Return the response to a task of a model."""
        headers, journal = self._request.headers, self._simulator.journal
        seen = SeenCall(
            number=journal.next_number(),
            model=model,
            stream=False,
            fields=sorted(form.model_fields_set),
            authorization=kind_of_token(headers.get("authorization", "").partition(" ")[2]),
            task=form.task,
            path=self._request.url.path,
            content_type=headers.get("content-type"),
        )
        journal.add(seen)
        return await self._simulator.fill_in(form, seen, header=self._faults)


async def get_desk(
    request: Request, simulator: SimulatorDep, x_simulator_fault: Annotated[str, Header()] = ""
) -> Desk:
    """Return where to hand in a request."""
    return Desk(request, simulator, x_simulator_fault)


DeskDep = Annotated[Desk, Depends(get_desk)]
