"""Models that were made over the API, as every process follows them."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

import structlog
from pydantic import ValidationError

from app.core.errors import NotReadyError
from app.core.gateway_models import ModelConfig
from app.db.repositories.models import StoredModels
from app.models.models import ModelRow
from app.services.routing.live_models import LiveModels

FOLLOW_SECONDS: Final = 2.0

_log: Final = structlog.stdlib.get_logger(__name__)


class MadeModels:
    """Keeps what is in force at what is stored, whichever process stored it."""

    def __init__(self, stored: StoredModels, live: LiveModels) -> None:
        """Take where models are stored, and where they are in force. `refresh` reads them."""
        self.live = live
        self._stored = stored
        self._made: Mapping[str, ModelConfig] = {}
        self._refreshing = asyncio.Lock()
        self._fails = False

    async def refresh(self) -> None:
        """Let the models be in force that are stored now.

        Raises:
            NotReadyError: the database is away for now; the models before stay in force.
        """
        async with self._refreshing:
            made = dict(_configured(await self._stored.read()))
            if made != self._made:
                self._made = made
                self.live.take_made(made)

    async def follow_change(self) -> None:
        """Let a change that is committed hold: at once, or as soon as the database can be read."""
        try:
            await self.refresh()
        except NotReadyError as error:
            if not self._fails:
                _log.warning("models_not_read", reason=error.message)
            self._fails = True
        else:
            self._fails = False

    async def keep_following(self) -> None:
        """Look every two seconds for what other processes have stored, as a background task."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            await self.follow_change()


def _configured(rows: Iterable[ModelRow]) -> Iterable[tuple[str, ModelConfig]]:
    for row in rows:
        try:
            yield row.name, ModelConfig.model_validate(row.config)
        except ValidationError:  # another version made it
            _log.error("model_left_out", model=row.name)
