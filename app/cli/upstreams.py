"""`meterhouse upstreams`: how they do, and which of them get no new calls."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from app.api.v1.schemas.upstreams import UpstreamList, UpstreamOut
from app.cli.desk import Result, Work, at_desk
from app.cli.operator import OperatorApi, find_server
from app.cli.options import DataOption
from app.cli.settings import read_quiet_settings
from app.cli.tables import print_table
from app.core.errors import NotReadyError

_TITLES: Final = ("name", "host", "state", "running", "waiting", "last error")
_PATH: Final = ("admin", "upstreams")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `upstreams list` shows it.")]

commands = typer.Typer(help="See and steer the upstreams of the running server.")


@commands.command("list")
def list_every(context: typer.Context, *, data: DataOption = None) -> None:
    """List upstreams, as the running server has seen them since it was started."""

    async def work(api: OperatorApi) -> list[tuple[str, ...]]:
        listed = UpstreamList.model_validate(await api.request("GET", *_PATH))
        return [_row(one) for one in listed.data]

    print_table(_TITLES, _at_server(context, data, work))


@commands.command("drain")
def drain(context: typer.Context, name: NameArgument, *, data: DataOption = None) -> None:
    """Let no new call go to an upstream, until it is restored or the server ends."""
    upstream = _steer(context, data, name, "drain")
    typer.echo(f"{upstream.name} is drained; {upstream.running} calls are still running there.")


@commands.command("restore")
def restore(context: typer.Context, name: NameArgument, *, data: DataOption = None) -> None:
    """Let calls go to an upstream again, and forget what is known against it."""
    upstream = _steer(context, data, name, "restore")
    typer.echo(f"{upstream.name} is restored.")


def _steer(
    context: typer.Context, data: Path | None, name: str, what: Literal["drain", "restore"]
) -> UpstreamOut:
    async def work(api: OperatorApi) -> UpstreamOut:
        return UpstreamOut.model_validate(await api.request("POST", *_PATH, name, what))

    return _at_server(context, data, work)


def _at_server(context: typer.Context, data: Path | None, work: Work[Result]) -> Result:
    """Do a command's work with the server that runs.

    Raises:
        NotReadyError: none does.
    """
    settings = read_quiet_settings(data_dir=data)
    if find_server(settings.data_dir) is None:
        raise NotReadyError(
            f"No server runs on {settings.data_dir}. What is known of upstreams, and which of them "
            "are drained, is in its memory only: start it with `meterhouse serve`."
        )
    return at_desk(context, data, work)


def _row(one: UpstreamOut) -> tuple[str, ...]:
    troubles = [target.last_error for target in one.targets if target.last_error is not None]
    last = max(troubles, key=lambda trouble: trouble.at, default=None)
    return (
        one.name,
        one.host,
        _state(one),
        f"{one.running:,}",
        f"{one.waiting:,}",
        "" if last is None else last.code,
    )


def _state(one: UpstreamOut) -> str:
    if one.drained:
        return "drained"
    left_alone = sum(target.wait_seconds > 0 for target in one.targets)
    return f"{left_alone} targets left alone" if left_alone else "good"
