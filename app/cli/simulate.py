"""`meterhouse simulate`: a fake Hugging Face on this machine, to test against."""

import asyncio
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from app.cli.listener import listen, local_url
from app.cli.server import Server, stopping_on_signals
from app.cli.settings import read_settings
from app.simulator.app import create_simulator
from app.simulator.script import load_script

commands = typer.Typer()


@commands.command("simulate")
def simulate(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8001,
    script: Annotated[
        Path | None,
        typer.Option(metavar="F", help="A file of scripted answers: docs/simulator.md."),
    ] = None,
) -> None:
    """Serve the simulator alone until Ctrl-C: made-up answers, no model, no cost."""
    settings = read_settings()
    answers = load_script(script) if script is not None else None
    with (
        closing(listen("127.0.0.1", port)) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        ending = asyncio.Event()
        server = Server(
            create_simulator(answers, closing=ending),
            listener,
            stall_seconds=settings.client_stall_seconds,
            closing=ending,
        )
        runner.run(_run(server, listener))


async def _run(server: Server, listener: socket.socket) -> None:
    with stopping_on_signals(server):
        async with server.running() as serving:
            sys.stdout.write(
                f"Simulator at {local_url(listener)}/v1   made-up answers, any token\n"
            )
            sys.stdout.flush()
            await serving
