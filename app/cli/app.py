"""The `meterhouse` command: its options, and how it says that something is wrong."""

import sys
from collections.abc import Sequence
from typing import Annotated, Final, NoReturn

import typer
from typer.exceptions import Abort, TyperException

from app import __version__
from app.cli import (
    budgets,
    check,
    database,
    keys,
    limits,
    prices,
    serve,
    sign_in,
    simulate,
    teams,
    upstreams,
    users,
    verify,
)
from app.cli.desk import AppFactory
from app.core.errors import AppError, NotReadyError

EXIT_FAILED: Final = 1
EXIT_USER: Final = 2  # what the person at the keyboard can mend
EXIT_INTERRUPTED: Final = 130

cli = typer.Typer(
    name="meterhouse",
    help="Meterhouse: one endpoint for a team's AI calls.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"Meterhouse {__version__}")
        raise typer.Exit


@cli.callback()
def start(
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


cli.command("serve")(serve.serve)
cli.command("sign-in-link")(sign_in.print_sign_in_link)
cli.command("simulate")(simulate.simulate)
cli.command("check")(check.check)
cli.command("verify")(verify.verify)
cli.add_typer(users.commands, name="users")
cli.add_typer(teams.commands, name="teams")
cli.add_typer(keys.commands, name="keys")
cli.add_typer(budgets.commands, name="budgets")
cli.add_typer(limits.commands, name="limits")
cli.add_typer(prices.commands, name="prices")
cli.add_typer(upstreams.commands, name="upstreams")
cli.add_typer(database.commands, name="db")


def run(create_app: AppFactory) -> NoReturn:
    """Run the command line of this process, and end it."""
    sys.exit(execute(create_app, sys.argv[1:]))


def execute(create_app: AppFactory, arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status: 2 is for mistakes that a person can mend."""
    status = EXIT_USER
    try:
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
