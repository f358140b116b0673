"""`meterhouse prices`: what models cost."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from app.api.v1.schemas.prices import GivenPrices, MissingPriceList, PriceList, PriceOut
from app.cli.desk import at_desk
from app.cli.operator import OperatorApi
from app.cli.options import DataOption
from app.cli.price_import import ImportReport, import_file
from app.cli.price_lists import read_price_file
from app.cli.price_tables import MISSING_TITLES, PRICE_TITLES, missing_row, price_row
from app.cli.price_wishes import read_begin, read_dollars, read_units, read_upstreams
from app.cli.tables import print_table, when
from app.core.errors import InvalidRequestError
from app.core.gateway_prices import TASK_UNITS
from app.core.variables import cannot_read

_UNITS: Final = "US dollars for 1,000,000 tokens or units; for one where it says `per`.\n"
_PRICES: Final = ("admin", "prices")

commands = typer.Typer(help="Manage what models cost, in the running server too.")


@commands.command("list")
def list_every(
    context: typer.Context,
    *,
    history: Annotated[bool, typer.Option("--history", help="Those that are over, too.")] = False,
    data: DataOption = None,
) -> None:
    """List every price, whoever states it, and which are quoted."""

    async def work(api: OperatorApi) -> list[PriceOut]:
        given = GivenPrices.model_validate(await api.request("GET", *_PRICES, "given"))
        wanted = {"with_history": str(history).lower()}
        return [*given.data, *await api.list_all(PriceList.model_validate, *_PRICES, **wanted)]

    prices = at_desk(context, data, work, with_gateway=True)
    ordered = sorted(prices, key=lambda price: (price.model or "", price.upstream or ""))
    print_table(PRICE_TITLES, map(price_row, ordered))
    sys.stderr.write(_UNITS)


@commands.command("set")
def set_price(  # noqa: PLR0913 - a command has the options that people need
    context: typer.Context,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="As callers name it, or as the upstream does.")
    ],
    *,
    read: Annotated[
        str | None, typer.Option("--input", metavar="USD", help="For 1,000,000 tokens read.")
    ] = None,
    written: Annotated[
        str | None, typer.Option("--output", metavar="USD", help="For 1,000,000 tokens written.")
    ] = None,
    cached: Annotated[
        str | None,
        typer.Option("--cached-input", metavar="USD", help="For 1,000,000 read from a cache."),
    ] = None,
    fee: Annotated[
        str | None, typer.Option("--per-request", metavar="USD", help="For each request.")
    ] = None,
    units: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="UNIT=USD", help=f"Of tasks: {', '.join(TASK_UNITS)}."),
    ] = None,
    upstream: Annotated[
        str | None, typer.Option("--upstream", metavar="NAME", help="Only where it answers.")
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="In UTC; without it, from now on.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Set what a model costs, in the place of what was set before."""
    wish = {
        "model": model,
        "upstream": upstream,
        "input": read_dollars("--input", read),
        "output": read_dollars("--output", written),
        "cached_input": read_dollars("--cached-input", cached),
        "per_request": read_dollars("--per-request", fee),
        **read_units(units or []),
        "valid_from": read_begin(begin),
    }

    async def work(api: OperatorApi) -> PriceOut:
        return PriceOut.model_validate(await api.request("POST", *_PRICES, json=wish))

    price = at_desk(context, data, work, may_begin=True, with_gateway=True)
    sys.stdout.write(f"{price.id}\n")
    where = f" at {price.upstream}" if price.upstream else ""
    begin = f"{when(price.valid_from)} UTC" if price.valid_from else "now"
    sys.stderr.write(f"{price.model}{where} has this price from {begin} on.\n")
    if price.overridden_by:
        sys.stderr.write(f"But {price.overridden_by} says another one, which goes first.\n")


@commands.command("end")
def end_price(
    context: typer.Context,
    price_id: Annotated[str, typer.Argument(metavar="ID", help="As `prices list` shows it.")],
    *,
    data: DataOption = None,
) -> None:
    """End a price now."""

    async def work(api: OperatorApi) -> None:
        await api.request("DELETE", *_PRICES, price_id)

    at_desk(context, data, work, with_gateway=True)
    sys.stdout.write(f"{price_id} is over.\n")


@commands.command("missing")
def list_missing(context: typer.Context, *, data: DataOption = None) -> None:
    """List models without a price: those called in the last 30 days, and those that can be."""

    async def work(api: OperatorApi) -> MissingPriceList:
        return MissingPriceList.model_validate(await api.request("GET", *_PRICES, "missing"))

    found = at_desk(context, data, work, with_gateway=True)
    print_table(MISSING_TITLES, map(missing_row, found.data))


@commands.command("import")
def import_prices(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="LiteLLM's or OpenRouter's price list, as JSON.")
    ],
    *,
    pairs: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="PROVIDER=UPSTREAM",
            help="Take a provider's prices for this upstream; else for the one of its name.",
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Take over a price list, as far as it is about configured upstreams."""
    upstreams = read_upstreams(pairs or [])
    try:
        found = read_price_file(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{file}: {cannot_read(error)}") from None

    async def work(api: OperatorApi) -> ImportReport:
        return await import_file(api, found, upstreams)

    report = at_desk(context, data, work, may_begin=True, with_gateway=True)
    sys.stdout.write("".join(f"{line}\n" for line in report.lines()))
