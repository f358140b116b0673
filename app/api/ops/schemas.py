"""What the operations routes answer."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"]


class ReadyUpstream(BaseModel):
    """A place that can answer. `simulated` means that its answers are made up."""

    name: str
    kind: str
    simulated: bool


class Readiness(BaseModel):
    """The gateway takes calls, and who answers them."""

    status: Literal["ready"]
    version: str
    simulated: bool
    demo: Annotated[bool, Field(description="All of its data are made up: `make demo`.")]
    upstreams: list[ReadyUpstream]
