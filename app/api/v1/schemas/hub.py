"""Models and tasks, in the form in which Hugging Face's Hub tells them."""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, Field, RootModel

from app.core.tasks.catalogue import ALIKE, CHAT, TASKS, find_task

_BACKEND: Final = "hf-inference"


class HubMapping(BaseModel):
    """That the gateway answers for a model, where a client looks for Hugging Face's own backend."""

    status: Literal["live"]
    provider_id: Annotated[str, Field(serialization_alias="providerId")]
    task: str | None


class HubModelOut(BaseModel):
    """What Hugging Face's clients read of a model before they call it."""

    id: str
    pipeline_tag: Annotated[str | None, Field(description="Its task. Null where nobody says.")]
    tags: list[str]
    inference_provider_mapping: Annotated[
        dict[str, HubMapping], Field(serialization_alias="inferenceProviderMapping")
    ]

    @classmethod
    def of(cls, model: str, task: str | None) -> Self:
        """Build the wire form. Chats have no name of their own among the Hub's tasks of models."""
        known = None if task is None else find_task(task)
        name = task if known is None else known.name
        name = "text-generation" if name == CHAT else name
        tags = sorted(ALIKE) if name in ALIKE else [name] if name else []
        mapping = HubMapping(status="live", provider_id=model, task=name)
        return cls(
            id=model, pipeline_tag=name, tags=tags, inference_provider_mapping={_BACKEND: mapping}
        )


class HubTask(BaseModel):
    """Which models to take for a task."""

    models: list[dict[Literal["id"], str]]
    widget_models: Annotated[list[str], Field(serialization_alias="widgetModels")]


class HubTasks(RootModel[dict[str, HubTask]]):
    """All tasks, by name."""

    @classmethod
    def build(cls) -> Self:
        """Build the wire form of the catalogue."""
        return cls({name: _task(task.example) for name, task in TASKS.items()})


def _task(example: str) -> HubTask:
    return HubTask(models=[{"id": example}], widget_models=[example])
