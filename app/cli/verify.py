"""`meterhouse verify`: do ledger, holds and budgets agree?"""

import sys

import typer

from app.cli.options import DataOption
from app.cli.settings import read_settings
from app.core.clock import SystemClock, epoch_ms
from app.db import verifier

commands = typer.Typer()


@commands.command("verify")
def verify(*, data: DataOption = None) -> None:
    """Prove that ledger, holds and budgets agree; exit 1 and a line for each that does not.

    It changes nothing, and a server may be running.
    """
    settings = read_settings(data_dir=data)
    proof = verifier.verify(settings.data_dir, epoch_ms(SystemClock().now()))
    for line in proof.broken:
        sys.stdout.write(f"{line}\n")
    state = f"{len(proof.broken):,} broken" if proof.broken else "clean"
    sys.stdout.write(
        f"verify: {proof.entries:,} entries, {proof.holds:,} calls under way, "
        f"{proof.periods:,} budget periods: {state}\n"
    )
    if proof.broken:
        raise typer.Exit(1)
