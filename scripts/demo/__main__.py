"""`make demo`: a gateway with a month of made-up use, over two simulators, one of which flaps.

Everything lies in `data-demo`, which is made anew at each start.
"""

import argparse
import asyncio
import os
import socket
import sys
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Final

import uvloop
from pydantic import SecretStr

from app.cli.listener import listen, local_url
from app.cli.operator import RunningServer, announced, open_operator_api
from app.cli.server import Server, stopping_on_signals
from app.cli.sign_in import new_sign_in_link
from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.errors import AppError, ConfigurationError
from app.core.gateway_file import load_gateway
from app.core.logging import configure as configure_logging
from app.core.security import new_secret
from app.db.data_lock import hold
from app.main import create_app
from app.simulator.app import create_simulator
from app.simulator.script import Script, load_script
from app.utils.background import running_beside
from scripts.demo.folder import clear, write_gateway_file
from scripts.demo.living import call_now_and_then
from scripts.demo.seed import seed
from scripts.demo.story import ADMINS_EMAIL

_HERE: Final = Path(__file__).parent
_HOST: Final = "127.0.0.1"
_PORTS: Final = range(8765, 8785)
_STALL_SECONDS: Final = 60.0
_UPSTREAMS: Final = ("cloud-one", "cloud-two")
_INTERRUPTED: Final = 130


def listen_somewhere(wanted: int | None) -> socket.socket:
    """Return a socket on a port that is wanted, or on the first free one of the demo's.

    Raises:
        ConfigurationError: there is none.
    """
    if wanted is not None:
        return listen(_HOST, wanted)
    for port in _PORTS[:-1]:
        try:
            return listen(_HOST, port)
        except ConfigurationError:  # taken
            continue
    return listen(_HOST, _PORTS[-1])


async def show(data_dir: Path, listener: socket.socket) -> None:
    """Fill a folder, serve it, and live in it until Ctrl-C."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        urls = {name: await _simulate(stack, name) for name in _UPSTREAMS}
        settings = Settings(
            data_dir=data_dir,
            config_file=write_gateway_file(data_dir, urls),
            log_level="error",
            drain_seconds=2.0,
        )
        configure_logging(settings)
        gateway = load_gateway(settings)
        secrets = await seed(settings, gateway, SystemClock().now())
        stack.enter_context(hold(data_dir))
        operator, stopping = SecretStr(new_secret()), asyncio.Event()
        app = create_app(settings, gateway, operator.get_secret_value(), closing=stopping)
        server = Server(
            app,
            listener,
            stall_seconds=_STALL_SECONDS,
            drain_seconds=settings.drain_seconds,
            closing=stopping,
        )
        stack.enter_context(stopping_on_signals(server))
        serving = await stack.enter_async_context(server.running())
        here = RunningServer(pid=os.getpid(), url=local_url(listener), operator_secret=operator)
        stack.enter_context(announced(data_dir, here))
        await _greet(here, data_dir, time.monotonic() - began)
        async with running_beside(call_now_and_then(here.url, secrets)):
            await serving


async def _simulate(stack: AsyncExitStack, name: str) -> str:
    """Serve the simulator that stands for one upstream, and return where."""
    place = stack.enter_context(closing(listen(_HOST, 0)))
    own, common = (load_script(_HERE / f"{file}.toml") for file in (name, "answers"))
    ending = asyncio.Event()
    script = Script(pacing=own.pacing, answers=(*own.answers, *common.answers))
    app = create_simulator(script, closing=ending)
    server = Server(app, place, stall_seconds=_STALL_SECONDS, drain_seconds=0, closing=ending)
    await stack.enter_async_context(server.running())
    return local_url(place)


async def _greet(here: RunningServer, data_dir: Path, seconds: float) -> None:
    async with open_operator_api(here.url, here.operator_secret) as api:
        link = await new_sign_in_link(api, ADMINS_EMAIL)
    print(
        f"Demo data, nothing here was spent. Made in {seconds:.0f} s: {data_dir}",
        f"Open      {link}   signs you in, once, within 15 minutes",
        "As others .venv/bin/meterhouse sign-in-link chiara@demo.example (a lead), "
        f"or ebele@demo.example (a member), with --data {data_dir}",
        "Ctrl-C ends it; the next start makes it anew.",
        sep="\n",
        flush=True,
    )


def main() -> int:
    """Read the command line and run the demo; 2 where it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data-demo"), metavar="DIR")
    parser.add_argument("--port", type=int, help="8765, or the next one that is free")
    chosen = parser.parse_args()
    data_dir: Path = chosen.data
    try:
        clear(data_dir)
        with closing(listen_somewhere(chosen.port)) as listener:
            print("Making up a month of calls ...", flush=True)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(show(data_dir, listener))
    except AppError as error:
        print(error.message, file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before it served
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
