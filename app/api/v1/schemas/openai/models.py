"""Models, in OpenAI's form, with what the upstream says beside it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """One model that can be called. Upstreams may add prices, contexts and abilities."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[str, Field(description="What a call names as its `model`.")]
    object: Literal["model"]
    created: Annotated[int, Field(description="Unix seconds; 0 where nobody says.")]
    owned_by: str
    tasks: Annotated[
        list[str],
        Field(description="What it is known to do; `GET /v1/tasks` lists them. Empty: unknown."),
    ]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """Build the wire form of one entry, whatever the upstream left out."""
        created, owner = entry.get("created"), entry.get("owned_by")
        return cls.model_validate(
            {
                **entry,
                "object": "model",
                "created": created if isinstance(created, int) else 0,
                "owned_by": owner if isinstance(owner, str) else "unknown",
            }
        )


class ModelList(BaseModel):
    """All models, on one page."""

    object: Literal["list"]
    data: list[Model]
    has_more: Annotated[bool, Field(description="Always false: one page holds them all.")]
    default_model: Annotated[
        str | None, Field(description="What a call gets that names none. Null: it is refused.")
    ]
