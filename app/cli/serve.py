"""`meterhouse serve`: the gateway, with the simulator beside it where that answers."""

import asyncio
import os
import socket
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from typing import Annotated

import typer
import uvloop
from pydantic import SecretStr

from app.cli.answers import Answers, choose_answers, point_at_simulator, remember_real_answers
from app.cli.data_folder import make_ready
from app.cli.desk import AppFactory
from app.cli.greeting import greet
from app.cli.hangup import asking_on_hangup
from app.cli.listener import is_loopback, listen, local_url
from app.cli.operator import RunningServer, announced, open_operator_api
from app.cli.options import ConfigOption, DataOption
from app.cli.server import Server, stopping_on_signals
from app.cli.settings import read_settings
from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.core.security import new_secret
from app.db.data_lock import hold
from app.utils.background import running_beside

commands = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Start:
    """What is decided before anything runs."""

    settings: Settings
    answers: Answers
    listener: socket.socket
    create_app: AppFactory


@commands.command("serve")
def serve(
    context: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on (127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one (8000).")] = None,
    data: DataOption = None,
    config: ConfigOption = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Let the built-in simulator answer every call.")
    ] = False,
) -> None:
    """Serve the gateway until Ctrl-C."""
    settings = read_settings(host=host, port=port, data_dir=data, config_file=config)
    with closing(listen(settings.host, settings.port)) as listener:
        answers = choose_answers(
            settings, simulate=simulate, is_loopback=is_loopback(settings.host)
        )
        make_ready(settings.data_dir)
        start = _Start(settings, answers, listener, context.obj)
        with (
            hold(settings.data_dir),
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            runner.run(_run(start))


async def _run(start: _Start) -> None:
    """Start what is needed, greet when it is ready, and end on a signal."""
    settings, gateway = start.settings, start.answers.gateway
    stall_seconds = settings.client_stall_seconds
    async with AsyncExitStack() as stack:
        simulator: Server | None = None
        if start.answers.is_simulated:
            place = stack.enter_context(closing(listen("127.0.0.1", 0)))
            ending = asyncio.Event()
            # A gateway in earnest never needs it.
            from app.simulator.app import create_simulator  # noqa: PLC0415

            simulator = Server(
                create_simulator(closing=ending),
                place,
                stall_seconds=stall_seconds,
                closing=ending,
            )
            gateway = point_at_simulator(settings, gateway, local_url(place))
        else:
            remember_real_answers(settings.data_dir)
        secret = SecretStr(new_secret())
        stopping = asyncio.Event()
        app = start.create_app(settings, gateway, secret.get_secret_value(), closing=stopping)
        server = Server(
            app,
            start.listener,
            stall_seconds=stall_seconds,
            drain_seconds=settings.drain_seconds,
            closing=stopping,
        )
        stack.enter_context(stopping_on_signals(server))
        if simulator is not None:
            await stack.enter_async_context(simulator.running())
        serving = await stack.enter_async_context(server.running())
        stack.enter_context(asking_on_hangup(server))
        here = RunningServer(pid=os.getpid(), url=local_url(start.listener), operator_secret=secret)
        stack.enter_context(announced(settings.data_dir, here))
        async with running_beside(_greet(settings, gateway, here)):
            await serving


async def _greet(settings: Settings, gateway: GatewayConfig, here: RunningServer) -> None:
    async with open_operator_api(here.url, here.operator_secret) as api:
        await greet(settings, gateway, here.url, api)
