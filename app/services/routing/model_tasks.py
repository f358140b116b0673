"""Which tasks the listed models do, as far as anybody says."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog

from app.core.clock import Clock
from app.core.errors import ModelNotFoundError, UpstreamError
from app.core.tasks.catalogue import CHAT, IMAGE_CHAT
from app.services.routing.catalogue import Patterns
from app.services.routing.model_directory import ModelDirectory
from app.services.routing.task_finder import TaskFinder
from app.utils.json_values import object_in

ASKING_SECONDS: Final = 3.0  # a list does not wait longer for the Hub
LEFT_ALONE_SECONDS: Final = 30.0
_AT_ONCE: Final = 8

_log: Final = structlog.stdlib.get_logger(__name__)


class ModelTasks:
    """Lists models with their tasks: stated by the operator, listed by an upstream, or the Hub's.

    The Hub is asked for configured models only: others may be thousands, of which it is known what
    was asked for them before.
    """

    def __init__(self, models: ModelDirectory, finder: TaskFinder, clock: Clock) -> None:
        """Take the list, and who knows tasks. Nobody is asked yet."""
        self._models = models
        self.finder = finder
        self._clock = clock
        self._left_alone_until = float("-inf")

    async def list_models(self, allowed: Patterns) -> Sequence[Mapping[str, Any]]:
        """Return every allowed model with its `tasks`; none where nobody says."""
        entries = await self._models.list_models(allowed)
        names = (entry["id"] for entry in entries if not _chats(entry))
        await self._learn(filter(self.finder.is_configured, names))
        return [self._with_tasks(entry) for entry in entries]

    async def require_model(self, name: str, allowed: Patterns) -> Mapping[str, Any]:
        """Return one model with its `tasks`.

        Raises:
            ModelNotFoundError: it is in no list, or not allowed.
        """
        entry = await self._models.require_model(name, allowed)
        await self._learn([name])
        return self._with_tasks(entry)

    def _with_tasks(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        tasks = (*_chats(entry), *self.finder.known(entry["id"]))
        return {**entry, "tasks": list(dict.fromkeys(tasks))}

    async def _learn(self, names: Iterable[str]) -> None:
        """Have the Hub asked for what is not known yet, unless it was in trouble just now."""
        if self._clock.monotonic() < self._left_alone_until:
            return
        some = asyncio.Semaphore(_AT_ONCE)

        async def look(name: str) -> None:
            async with some:
                await self.finder.look(name, None)

        try:
            async with asyncio.timeout(ASKING_SECONDS), asyncio.TaskGroup() as group:
                for name in names:
                    group.create_task(look(name))
        except* (UpstreamError, ModelNotFoundError, TimeoutError) as trouble:
            reasons = [str(one) for one in trouble.exceptions]
            _log.warning("tasks_not_looked_up", reasons=reasons[:1])
            self._left_alone_until = self._clock.monotonic() + LEFT_ALONE_SECONDS


def _chats(entry: Mapping[str, Any]) -> Sequence[str]:
    """Return what a model does that a router lists: it lists those that it lets chat."""
    architecture = object_in(entry.get("architecture"))
    reads, writes = (architecture.get(f"{way}_modalities") for way in ("input", "output"))
    if not isinstance(writes, list) or "text" not in writes:
        return ()
    return (CHAT, IMAGE_CHAT) if isinstance(reads, list) and "image" in reads else (CHAT,)
