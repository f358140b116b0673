"""What SIGHUP does to a running server: it reads `meterhouse.toml` again."""

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

from app.cli.server import Server
from app.services.container import Container


@contextmanager
def asking_on_hangup(server: Server) -> Generator[None]:
    """Have a server that has started read its gateway file again on SIGHUP, at once."""
    container = cast("Container", server.lifespan.state["container"])
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, container.gateway_file.ask)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
