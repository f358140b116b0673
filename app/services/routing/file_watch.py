"""Takes a changed `meterhouse.toml` over while calls run."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import (
    DEFAULT_FILE,
    GatewayConfig,
    UpstreamConfig,
    gateway_path,
    load_gateway,
)
from app.core.telemetry import Metrics
from app.services.routing.live_models import LiveModels

LOOK_SECONDS: Final = 1.0

_log: Final = structlog.stdlib.get_logger(__name__)

_Mark = tuple[int, int]  # when a file was written, and its size


class GatewayFileWatch:
    """Looks each second whether the gateway file has changed, and takes it once it rests.

    A file that makes no sense is refused, and what was in force stays so.
    """

    def __init__(self, settings: Settings, live: LiveModels, metrics: Metrics) -> None:
        """Take what the file says now as what is in force."""
        # Made absolute, for whoever changes the working directory names no other file with it.
        self._path = (gateway_path(settings) or DEFAULT_FILE).absolute()
        self._settings = settings.model_copy(update={"config_file": self._path})
        self._live = live
        self._metrics = metrics
        self._read = self._noticed = _mark(self._path)
        self._upstreams = _upstreams(settings)
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Have the file read at once, changed or not."""
        self._asked.set()

    async def look_for_ever(self) -> None:
        """Look each second, in the background of the gateway."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._asked.wait()
            if self._asked.is_set():
                self._asked.clear()
                await self.read()
            else:
                await self.look()

    async def look(self) -> None:
        """Read the file if it is another than was read last, and the same as at the last look."""
        mark = await asyncio.to_thread(_mark, self._path)
        is_at_rest, self._noticed = mark == self._noticed, mark
        if is_at_rest and mark != self._read:
            await self.read()

    async def read(self) -> None:
        """Read the file, and take what it says or refuse it."""
        self._read = await asyncio.to_thread(_mark, self._path)
        try:
            file = await asyncio.to_thread(load_gateway, self._settings)
            self._require_same_upstreams(file)
        except Exception as error:  # noqa: BLE001 - calls go on, whatever a file holds
            problems = error.problems if isinstance(error, ConfigurationError) else (repr(error),)
            _log.error("gateway_file_refused", problems=list(problems))
            self._metrics.gateway_file_read(is_taken=False)
        else:
            self._live.take_file(file)
            _log.info("gateway_file_taken", models=len(file.models), prices=len(file.all_prices))
            self._metrics.gateway_file_read(is_taken=True)

    def _require_same_upstreams(self, file: GatewayConfig) -> None:
        before = self._upstreams
        names = sorted(file.upstreams.keys() | before.keys())
        changed = [name for name in names if file.upstreams.get(name) != before.get(name)]
        if changed:
            raise ConfigurationError(
                *(
                    f"{self._path}: upstreams.{name}: is not as it was at the start; upstreams, "
                    "their hosts and credentials change with a restart only"
                    for name in changed
                )
            )


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _upstreams(settings: Settings) -> Mapping[str, UpstreamConfig]:
    """Return the upstreams as the file names them, even where the simulator stands in for them."""
    try:
        return load_gateway(settings).upstreams
    except ConfigurationError:  # whoever started this had another configuration, not this file
        return {}
