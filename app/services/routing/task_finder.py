"""Which task a model does: as the operator says, or else as the Hub lists it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import structlog

from app.core.clock import Clock
from app.core.errors import InvalidRequestError, TaskNotSupportedError, UpstreamError
from app.core.gateway_file import GatewayConfig
from app.core.tasks.catalogue import ALIKE, find_task
from app.core.tasks.task import Task
from app.services.routing.catalogue import Catalogue, Patterns
from app.services.routing.plan import Choice

FRESH_SECONDS: Final = 3_600.0
MAX_KNOWN: Final = 10_000  # names of models come from callers: what is remembered has a bound
_FAILED_SECONDS: Final = 30.0  # a Hub that did not answer is left alone so long

_log: Final = structlog.stdlib.get_logger(__name__)


class _Known(NamedTuple):
    task: str | None
    until: float  # on the monotonic clock


class TaskFinder:
    """Finds the task of a call that names only a model, and checks that of one that names both."""

    def __init__(self, gateway: GatewayConfig, catalogue: Catalogue, clock: Clock) -> None:
        """Take what operators say, and who else may be asked. Nobody is asked yet."""
        self._catalogue = catalogue
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}
        self.take(gateway)

    def take(self, gateway: GatewayConfig) -> None:
        """Take other models over the same upstreams."""
        self._models = gateway.models

    async def find(self, model: str | None, allowed: Patterns) -> Task:
        """Return the task that a model does.

        Raises:
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody answers for it.
            TaskNotSupportedError: it does none that is known here.
            InvalidRequestError: nobody says which it does.
            UpstreamError: the Hub, which knows, cannot be asked now.
        """
        choice = self._catalogue.resolve(model, allowed)
        name = await self._task_of(choice)
        if name is None:
            raise InvalidRequestError(
                f"Nobody says which task the model {choice.name!r} does. Name it at the end of the "
                "URL: `/pipeline/<task>`; `GET /v1/tasks` lists them. An operator can set `task` "
                "in meterhouse.toml.",
                param="task",
            )
        task = find_task(name)
        if task is None or task.is_chat:
            raise TaskNotSupportedError(
                f"The model {choice.name!r} does {name}, which has no route of its own here. "
                "`GET /v1/tasks` lists those that have; chat is at `/v1/chat/completions`.",
                param="model",
            )
        return task

    def is_configured(self, model: str) -> bool:
        """Say whether a name is the operator's."""
        return model in self._models

    def known(self, model: str) -> Sequence[str]:
        """Return the tasks that a model is known to do by now. Nobody is asked."""
        choice = self._catalogue.find(model)
        name = None if choice is None else self._stated(choice)
        if choice is not None and name is None:
            known = self._known.get(_place_of(choice))
            name = None if known is None else known.task
        task = None if name is None else find_task(name)
        if task is None:
            return ()
        return sorted(ALIKE) if task.name in ALIKE else (task.name,)

    async def look(self, model: str, allowed: Patterns) -> str | None:
        """Return the name of the task that a model does, or None where nobody says.

        Raises:
            ModelNotAllowedError, ModelNotFoundError: nobody answers for it.
            UpstreamError: the Hub, which may know, cannot be asked now.
        """
        return await self._task_of(self._catalogue.resolve(model, allowed))

    async def check(self, task: Task, model: str | None, allowed: Patterns) -> Task:
        """Return a task that was named together with a model, unless that does another one.

        Where nobody can say now which it does, its upstream will.

        Raises:
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody answers for it.
            TaskNotSupportedError: it does another one.
        """
        choice = self._catalogue.resolve(model, allowed)
        try:
            name = await self._task_of(choice)
        except UpstreamError as error:
            _log.warning("task_not_looked_up", model=choice.name, reason=error.message)
            return task
        known = find_task(name) if name is not None else None
        if known is None or known is task or {known.name, task.name} <= ALIKE:
            return task
        raise TaskNotSupportedError(
            f"The model {choice.name!r} does {known.name}, not {task.name}. Leave the task out of "
            "the URL, or name a model that does it.",
            param="task",
        )

    async def _task_of(self, choice: Choice) -> str | None:
        stated = self._stated(choice)
        if stated is not None:
            return stated
        place, now = _place_of(choice), self._clock.monotonic()
        known = self._known.get(place)
        if known is not None and now < known.until:
            return known.task
        target = choice.targets[0]
        name = await target.provider.task_of(target.model)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        seconds = _FAILED_SECONDS if name is None else FRESH_SECONDS
        self._known[place] = _Known(name, now + seconds)
        return name

    def _stated(self, choice: Choice) -> str | None:
        model = self._models.get(choice.name)
        return None if model is None else model.task


def _place_of(choice: Choice) -> tuple[str, str]:
    target = choice.targets[0]
    return target.upstream, target.model
