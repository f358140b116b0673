"""Which task a model does, as the simulator's Hub tells it."""

from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task


def task_of(model: str) -> Task | None:
    """Return the task of a model.

    It is that of which it is the catalogue's example, or by which its name begins behind the slash:
    `anybody/fill-mask` and `anybody/fill-mask-2` fill masks.
    """
    name = model.rpartition("/")[2]
    examples = (task for task in TASKS.values() if task.example == model)
    named = [one for one in TASKS.values() if name == one.name or name.startswith(f"{one.name}-")]
    return next(examples, max(named, key=lambda one: len(one.name), default=None))
