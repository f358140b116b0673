"""What is read of a key to know who calls with it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from app.core.clock import SystemClock
from app.core.security import digest
from app.db.repositories.key_directory import KeyDirectory, KeyRecord
from app.services.key_editor import IssuedKey
from tests.support.keys import PEPPER
from tests.support.processes import Process, open_process


@pytest.fixture
async def process(tmp_path: Path) -> AsyncGenerator[Process]:
    async with open_process(tmp_path, SystemClock()) as process:
        yield process


async def find(process: Process, issued: IssuedKey) -> KeyRecord | None:
    hashed = digest(PEPPER, issued.secret.get_secret_value())
    return await KeyDirectory(process.database).find(hashed)


async def test_a_persons_key_comes_with_them_and_their_roles(process: Process) -> None:
    user_id = await process.user()
    issued = await process.issue(user_id=user_id)
    found = await find(process, issued)
    assert found is not None
    assert found.owner is not None
    assert (found.key.id, found.owner.id, found.roles) == (issued.key.id, user_id, {})

    teams = {await process.team(user_id, name=name) for name in ("red", "blue")}

    found = await find(process, issued)
    assert found is not None
    assert found.roles == dict.fromkeys(teams, "member")


async def test_a_service_key_comes_alone(process: Process) -> None:
    team_id = await process.team(await process.user())
    found = await find(process, await process.issue(team_id=team_id))

    assert found is not None
    assert (found.key.team_id, found.owner, found.roles) == (team_id, None, {})


async def test_a_secret_of_nobody_finds_nothing(process: Process) -> None:
    await process.issue(user_id=await process.user())

    assert await KeyDirectory(process.database).find(b"another digest") is None
