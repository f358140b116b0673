"""Stored requests and answers on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.core.clock import from_epoch_ms
from app.models.bodies import BodyRow


class BodyOut(BaseModel):
    """What is stored of one call."""

    entry_id: Annotated[str, Field(description="The `x-request-id` of the answer.")]
    request: Annotated[str, Field(description="The body as it came, without files and secrets.")]
    answer: Annotated[
        str,
        Field(description="As it went out; of a stream, its events. Empty where none did."),
    ]
    is_cut: Annotated[bool, Field(description="Whether one of them is only the beginning.")]
    expires_at: Annotated[datetime, Field(description="When it is deleted.")]

    @classmethod
    def of(cls, row: BodyRow) -> Self:
        """Build the wire form of a stored body."""
        return cls(
            entry_id=row.entry_id,
            request=row.request,
            answer=row.answer,
            is_cut=row.is_cut,
            expires_at=from_epoch_ms(row.expires_at_ms),
        )
