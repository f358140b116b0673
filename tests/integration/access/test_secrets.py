"""After every change that there is, no secret of the run is anywhere but in its one answer."""

import io
import json
import re
from collections.abc import Generator, Iterator
from itertools import product
from pathlib import Path

import httpx2
import pytest

from app.core.config import Settings
from app.core.logging import configure
from tests.conftest import ADMIN_KEY
from tests.integration.access.population import OPERATOR_SECRET
from tests.integration.access.requests import body_of, path_of
from tests.integration.access.table import SECTIONS, rows
from tests.integration.access.world import World

_SHOWN_BY = re.compile(r"/keys$|/rotate$|/reset-password$|/sign-in-links$")


@pytest.fixture(autouse=True)
def _log_everything(gateway: World) -> Generator[None]:
    configure(Settings(log_format="json", log_level="debug"), stream=gateway.log)
    yield
    configure(Settings(log_format="json"), stream=gateway.log)


def every_answer(world: World) -> Iterator[tuple[str, httpx2.Response]]:
    """Ask every question of the table as two who are let in, and one who rarely is."""
    for section in SECTIONS:
        for row, caller in product(rows(section), ("admin", "lead", "member")):
            path = path_of(row.path, world.people, caller)
            body = body_of(row.sends, world.people, caller)
            yield path, world.ask(caller, row.method, path, body)
        world.populate()


def test_no_secret_is_in_any_file_log_or_other_answer(world: World) -> None:
    told = io.StringIO()
    for path, answer in every_answer(world):
        told.write(repr(sorted(answer.headers.items())))
        if not (answer.is_success and answer.request.method == "POST" and _SHOWN_BY.search(path)):
            told.write(answer.text)

    folder = world.container.settings.data_dir
    stored = b"".join(path.read_bytes() for path in files_in(folder)).decode("latin-1")
    secrets = {*world.secrets, ADMIN_KEY, OPERATOR_SECRET}
    assert len(secrets) > 60
    for place, text in (("answers", told.getvalue()), ("log", world.log.getvalue())):
        assert "key_" in text, place  # or we look in the wrong place
        assert [secret for secret in secrets if secret in text] == []
    assert "sqlite3.Cursor" not in world.log.getvalue()
    assert [secret for secret in secrets if secret in stored or secret[8:-4] in stored] == []


def files_in(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file())


def test_what_is_made_of_a_secret_is_in_no_log_and_no_audit_row(world: World) -> None:
    for section in SECTIONS:
        for row in rows(section):
            if row.method == "POST":
                path = path_of(row.path, world.people, "admin")
                world.ask("admin", "POST", path, body_of(row.sends, world.people, "admin"))
    hashes = [one for (one,) in world.query("SELECT password_hash FROM users") if one]
    digests = [one for (one,) in world.query("SELECT digest FROM api_keys")]
    written = json.dumps(world.read_new_changes())

    assert len(hashes) == 2
    assert len(digests) > 25
    shapes = [*hashes, *(shape for one in digests for shape in (one.hex(), repr(one)[2:-1]))]
    for text in (written, world.log.getvalue()):
        assert "key_" in text
        assert [shape for shape in shapes if shape in text] == []
