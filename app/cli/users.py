"""`meterhouse users`: who there is, and who may still do something."""

import sys
from typing import Annotated

import typer

from app.api.v1.schemas.users import PasswordIssued, UserOut
from app.cli.desk import at_desk
from app.cli.operator import OperatorApi
from app.cli.options import DataOption
from app.cli.people import find_user, list_users
from app.cli.tables import print_table, when
from app.services.principals import UserRole

UserArgument = Annotated[
    str, typer.Argument(metavar="EMAIL|ID", help="As `users list` shows them.")
]

commands = typer.Typer(help="Manage people, in the running server too.")


@commands.command("create")
def create(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="An e-mail address.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="What to call them (what comes before the @).")
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May manage everything.")] = False,
    data: DataOption = None,
) -> None:
    """Create a user and print their id."""
    wanted = {
        "email": email,
        "name": email.partition("@")[0] if name is None else name,
        "role": UserRole.ADMIN if admin else UserRole.MEMBER,
    }

    async def work(api: OperatorApi) -> UserOut:
        return UserOut.model_validate(await api.request("POST", "users", json=wanted))

    user = at_desk(context, data, work, may_begin=True)
    sys.stdout.write(f"{user.id}\n")
    sys.stderr.write(f"{user.email} is a user ({user.role}), without a key or a password.\n")


@commands.command("list")
def list_every(context: typer.Context, *, data: DataOption = None) -> None:
    """List every user, newest first, disabled ones too."""
    users = at_desk(context, data, list_users)
    print_table(
        ("id", "email", "name", "role", "created", "state"),
        [
            (one.id, one.email, one.name, one.role, when(one.created_at), _state(one))
            for one in users
        ],
    )


@commands.command("disable")
def disable(context: typer.Context, user: UserArgument, *, data: DataOption = None) -> None:
    """Shut a user out and revoke their keys, at once. The keys of their teams stay."""

    async def work(api: OperatorApi) -> UserOut:
        return await _set_disabled(api, user, is_disabled=True)

    email = at_desk(context, data, work).email
    sys.stdout.write(f"{email} is disabled, and their keys are revoked.\n")


@commands.command("enable")
def enable(context: typer.Context, user: UserArgument, *, data: DataOption = None) -> None:
    """Let a disabled user in again. Their old keys stay revoked."""

    async def work(api: OperatorApi) -> UserOut:
        return await _set_disabled(api, user, is_disabled=False)

    email = at_desk(context, data, work).email
    sys.stdout.write(f"{email} is enabled. They need a new key.\n")


@commands.command("reset-password")
def reset_password(context: typer.Context, user: UserArgument, *, data: DataOption = None) -> None:
    """Give a user a new password and print it, this once."""

    async def work(api: OperatorApi) -> tuple[str, PasswordIssued]:
        found = await find_user(api, user)
        answer = await api.request("POST", "users", found.id, "reset-password")
        return found.email, PasswordIssued.model_validate(answer)

    email, issued = at_desk(context, data, work)
    sys.stdout.write(f"{issued.password.get_secret_value()}\n")
    sys.stderr.write(f"The new password of {email}; this is shown once.\n")


async def _set_disabled(api: OperatorApi, user: str, *, is_disabled: bool) -> UserOut:
    found = await find_user(api, user)
    wanted = {"disabled": is_disabled}
    return UserOut.model_validate(await api.request("PATCH", "users", found.id, json=wanted))


def _state(user: UserOut) -> str:
    return "good" if user.disabled_at is None else f"disabled {when(user.disabled_at)}"
