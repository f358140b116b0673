"""Configured models on the wire, in the words of `meterhouse.toml`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.api.v1.schemas.fields import moment
from app.core.gateway_models import ModelFields, ModelTerms, PlainTarget, Targets
from app.core.gateway_text import check_model_name
from app.services.model_editor import ShownModel


class ModelCreate(ModelTerms):
    """What an admin sends to make a model. What it costs is set with `/v1/admin/prices`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "chat",
                    "strategy": "fastest",
                    "targets": [
                        {"upstream": "huggingface", "model": "openai/gpt-oss-20b:groq"},
                        {"upstream": "company", "model": "gpt-oss", "priority": 1},
                    ],
                }
            ]
        }
    )

    name: Annotated[
        str, AfterValidator(check_model_name), Field(description="As callers are to name it.")
    ]

    def to_terms(self) -> ModelTerms:
        """Return what stands behind the name."""
        return ModelTerms.model_validate(self.model_dump(exclude={"name"}))


class ModelUpdate(ModelFields):
    """What an admin sends to change a model: what is left out stays as it is."""

    targets: Targets = Field(
        default_factory=list[PlainTarget], description="In the place of all that there were."
    )


class ModelOut(ModelFields):
    """What is seen of a configured model."""

    name: str
    source: Annotated[
        Literal["meterhouse.toml", "api"], Field(description="Who defines it, and may change it.")
    ]
    targets: list[PlainTarget]
    created_at: Annotated[datetime | None, Field(description="Null: it is the file's.")]
    updated_at: datetime | None

    @classmethod
    def of(cls, shown: ShownModel) -> Self:
        """Build the wire form."""
        terms = shown.config
        targets = [
            PlainTarget(**one.model_dump(include=set(PlainTarget.model_fields)))
            for one in terms.targets
        ]
        return cls(
            **terms.model_dump(include=set(ModelFields.model_fields)),
            name=shown.name,
            source="meterhouse.toml" if shown.created_at_ms is None else "api",
            targets=targets,
            created_at=moment(shown.created_at_ms),
            updated_at=moment(shown.updated_at_ms),
        )


class ModelList(BaseModel):
    """Every configured model: those of `meterhouse.toml` first."""

    object: Literal["list"]
    data: list[ModelOut]

    @classmethod
    def of(cls, shown: Sequence[ShownModel]) -> Self:
        """Build the wire form."""
        return cls(object="list", data=[ModelOut.of(one) for one in shown])
