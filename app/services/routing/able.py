"""Who of those that answer for a model does a task."""

from app.core.errors import TaskNotSupportedError
from app.core.tasks.task import Task
from app.services.routing.plan import Choice


def able(choice: Choice, task: Task) -> Choice:
    """Return a choice without targets that cannot do a task.

    Raises:
        TaskNotSupportedError: none of them can.
    """
    targets = [one for one in choice.targets if one.provider.can_do(task, one.model)]
    if not targets:
        names = ", ".join(dict.fromkeys(repr(one.upstream) for one in choice.targets))
        raise TaskNotSupportedError(
            f"The model {choice.name!r} is answered for by {names}, where {task.name} cannot be "
            "asked of it. `GET /v1/tasks` lists the tasks; those of Hugging Face models need an "
            'upstream of the kind "huggingface".',
            param="model",
        )
    return choice._replace(targets=targets)
