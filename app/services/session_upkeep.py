"""Opens what knows who is signed in, and writes down what it learns meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from app.core.clock import Clock
from app.db.database import Database
from app.db.repositories.session_directory import SessionDirectory
from app.services.authenticator import Authenticator
from app.services.sessions import Sessions
from app.services.sign_in_failures import SignInFailures
from app.utils.background import running_beside

WRITE_SECONDS: Final = 60.0


@asynccontextmanager
async def open_sessions(
    database: Database, authenticator: Authenticator, clock: Clock
) -> AsyncGenerator[tuple[Sessions, SignInFailures]]:
    """Open what knows sessions and counts failed sign-ins.

    It writes down each minute, and at the end, when sessions were used and what failed.
    """
    sessions = Sessions(
        SessionDirectory(database), authenticator.pepper, clock, authenticator.watch
    )
    failures = SignInFailures(clock)

    async def write() -> None:
        await sessions.write_uses()
        await failures.write_down(database)

    async def write_for_ever() -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await write()

    async with running_beside(write_for_ever()):
        yield sessions, failures
    await write()
