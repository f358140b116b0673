"""The `meterhouse` command: its options, and how it says that something is wrong."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Final, NoReturn

import typer
from typer.exceptions import Abort, TyperException

from app import __version__
from app.cli.desk import AppFactory
from app.core.errors import AppError, NotReadyError

EXIT_FAILED: Final = 1
EXIT_USER: Final = 2  # what the person at the keyboard can mend
EXIT_INTERRUPTED: Final = 130

# Where the commands are, in the order of the help: those of a group bear its name.
_ALONE: Final = {
    "serve": "serve",
    "sign-in-link": "sign_in",
    "simulate": "simulate",
    "check": "check",
    "verify": "verify",
}
_GROUPS: Final = {
    **{name: name for name in ("users", "teams", "keys", "budgets", "limits", "prices")},
    "upstreams": "upstreams",
    "db": "database",
}


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"Meterhouse {__version__}")
        raise typer.Exit


def _start(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Run one of the commands below."""
    del version


def _command_line(wanted: str | None) -> typer.Typer:
    """Return the command line with the command that is wanted, or with all if there is none such.

    The others need not be loaded: they are a twentieth of what a start takes.
    """
    cli = typer.Typer(
        name="meterhouse",
        help="Meterhouse: one endpoint for a team's AI calls.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    cli.callback()(_start)
    modules = {**_ALONE, **_GROUPS}
    for name in [wanted] if wanted in modules else modules:
        commands: typer.Typer = import_module(f"app.cli.{modules[name]}").commands
        cli.add_typer(commands, name=name if name in _GROUPS else None)
    return cli


def run(create_app: AppFactory) -> NoReturn:
    """Run the command line of this process, and end it."""
    sys.exit(execute(create_app, sys.argv[1:]))


def execute(create_app: AppFactory, arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status: 2 is for mistakes that a person can mend."""
    status = EXIT_USER
    try:
        cli = _command_line(arguments[0] if arguments else None)
        return cli([*arguments], standalone_mode=False, obj=create_app) or 0
    except AppError as error:
        complaint = error.message
        status = EXIT_FAILED if isinstance(error, NotReadyError) else EXIT_USER
    except TyperException as error:
        complaint = f"{error.format_message()} `meterhouse --help` lists what there is."
    except (KeyboardInterrupt, Abort):
        return EXIT_INTERRUPTED
    sys.stderr.write(f"{complaint}\n")
    return status
