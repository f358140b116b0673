"""Tasks on the wire."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from app import __version__
from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task


class TaskOut(BaseModel):
    """What a task takes and gives."""

    id: str
    object: Literal["task"]
    summary: str
    example_model: Annotated[str, Field(description="A model of the Hub that does it.")]
    path: Annotated[str, Field(description="Where it is asked for with any model.")]
    raw_input: Annotated[
        str | None, Field(description="The kind of file that may be sent as it is.")
    ]
    input_schema: Annotated[
        dict[str, Any] | None, Field(description="Of the body as JSON. Null: as a chat's.")
    ]
    output_file: Annotated[
        str | None, Field(description="The kind of file that it gives. Null: it gives JSON.")
    ]
    output_schema: Annotated[dict[str, Any] | None, Field(description="Of that JSON.")]
    unit_in: Annotated[str, Field(description="What goes in is measured in it.")]
    unit_out: Annotated[str | None, Field(description="What comes out is. Null: it costs nothing.")]

    @classmethod
    def of(cls, task: Task) -> Self:
        """Build the wire form."""
        gives_json = task.file is None and not task.is_chat
        return cls(
            id=task.name,
            object="task",
            summary=task.summary,
            example_model=task.example,
            path="/v1/chat/completions" if task.is_chat else f"/v1/tasks/{task.name}",
            raw_input=task.raw,
            input_schema=None if task.is_chat else task.form.model_json_schema(),
            output_file=task.file,
            output_schema=task.answers.json_schema() if gives_json else None,
            unit_in=task.reads,
            unit_out=task.writes,
        )


class TaskList(BaseModel):
    """All tasks."""

    object: Literal["list"]
    data: list[TaskOut]
    has_more: Literal[False]

    @classmethod
    def build(cls) -> Self:
        """Build the wire form of the catalogue."""
        tasks = [TaskOut.of(task) for task in TASKS.values()]
        return cls(object="list", data=tasks, has_more=False)


class ModelHealth(BaseModel):
    """That a model can be called."""

    status: Literal["ok"]


class ModelInfo(BaseModel):
    """What is known of a model, by the names that TGI has for it."""

    model_id: str
    model_pipeline_tag: Annotated[str | None, Field(description="Its task. Null: nobody says.")]
    model_sha: Annotated[None, Field(description="Null: who answers may change.")]
    max_total_tokens: Annotated[
        int | None, Field(description="How much fits into it, whoever answers. Null: nobody says.")
    ]
    version: Annotated[str, Field(description="Of the gateway.")]
    router: Literal["meterhouse"]
    task: Annotated[str | None, Field(description="The same as `model_pipeline_tag`.")]

    @classmethod
    def of(cls, model: str, task: str | None, context: int | None) -> Self:
        """Build the wire form."""
        return cls(
            model_id=model,
            model_pipeline_tag=task,
            model_sha=None,
            max_total_tokens=context,
            version=__version__,
            router="meterhouse",
            task=task,
        )
