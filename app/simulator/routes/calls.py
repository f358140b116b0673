"""What the simulator has been asked: for tests that look at their own traffic."""

from fastapi import APIRouter

from app.simulator.dependencies import SimulatorDep
from app.simulator.schemas.answers import CallList, CallRead

router = APIRouter(prefix="/simulator", tags=["simulator"])


@router.get("/calls")
async def list_calls(simulator: SimulatorDep) -> CallList:
    """List the latest chat requests and how far their answers came, without their content."""
    calls = simulator.journal.calls
    return CallList(
        object="list", data=[CallRead.model_validate(call, from_attributes=True) for call in calls]
    )
