"""Who of those that answer for a model does what is asked for."""

from app.core.errors import TaskNotSupportedError
from app.core.tasks.task import Task
from app.services.providers.kinds import kinds_for
from app.services.routing.plan import Choice
from app.services.tasks.work import Work


def able(choice: Choice, work: Work) -> Choice:
    """Return a choice without targets that cannot do a task as it is asked for.

    Raises:
        TaskNotSupportedError: none of them can.
    """
    task = work.task
    doing = [one for one in choice.targets if one.provider.can_do(task, one.model)]
    if not doing:
        raise TaskNotSupportedError(
            f"The model {choice.name!r} is answered for by {_names(choice)}, where {task.name} "
            f"cannot be asked of it. {_way_out(task)}",
            param="model",
        )
    targets = [one for one in doing if one.provider.strange_to(work) is None]
    if not targets:
        name = doing[0].provider.strange_to(work)
        raise TaskNotSupportedError(
            f"The parameter `{name}` with this value cannot be said to {_names(choice)}, which "
            f"does {task.name} in another dialect than Hugging Face's. Leave it out, or name a "
            "model of Hugging Face's own.",
            param=f"parameters.{name}",
        )
    return choice._replace(targets=targets)


def chatting(choice: Choice) -> Choice:
    """Return a choice without targets that nobody can chat with.

    Raises:
        TaskNotSupportedError: all of them are such.
    """
    targets = [one for one in choice.targets if one.provider.can_chat]
    if not targets:
        raise TaskNotSupportedError(
            f"The model {choice.name!r} is answered for by {_names(choice)}, which does not chat. "
            "Ask it for a task: `GET /v1/tasks` lists them.",
            param="model",
        )
    return choice if len(targets) == len(choice.targets) else choice._replace(targets=targets)


def _names(choice: Choice) -> str:
    return ", ".join(dict.fromkeys(repr(one.upstream) for one in choice.targets))


def _way_out(task: Task) -> str:
    kinds = " or ".join(f'"{kind}"' for kind in kinds_for(task))
    return (
        f"`GET /v1/tasks` lists the tasks; {task.name} needs an upstream of the kind {kinds}, and "
        "a model that does it."
    )
