"""Every route as every kind of caller: the answers of `table.py`, and one row a change."""

import re
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from app.main import app
from tests.integration.access import page
from tests.integration.access.requests import body_of, path_of
from tests.integration.access.table import COLUMNS, SECTIONS, Row, rows
from tests.integration.access.world import World

pytestmark = pytest.mark.timeout(180)  # each test asks hundreds of questions

_PLACE: Final = re.compile(r"\{[^}]+\}")


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    served = {
        f"{method} {_PLACE.sub('{}', context.path or '')}"
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
    }
    tried = {f"{row.method} {row.shape}" for name in SECTIONS for row in rows(name)}

    assert tried == served


# Who asks these is written down, as if it were a change.
_IS_TOLD: Final = {"/v1/admin/usage/entries/{call}/body", "/v1/admin/sign-in-links"}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_caller_is_answered_as_the_table_says(world: World, section: str) -> None:
    trial = Trial(world)

    for row in rows(section):
        for caller, status in callers_of(row):
            trial.ask(row, caller, status)

    assert trial.wrong == []
    assert trial.asked > 10  # or the table is not read


def callers_of(row: Row) -> Iterator[tuple[str, int]]:
    for column, status in row.statuses.items():
        for caller in COLUMNS[column]:
            is_in_a_browser = caller.endswith("in a browser")
            wanted = (row.in_a_browser if is_in_a_browser else None) or status
            if wanted is not None:
                yield caller, wanted


class Trial:
    """Asks questions, each of the same company, and notes what is answered wrongly."""

    def __init__(self, world: World) -> None:
        self.wrong = list[str]()
        self.asked = 0
        self._world = world
        self._start()

    def _start(self) -> None:
        self._world.populate()
        self._state = self._world.state()

    def ask(self, row: Row, caller: str, status: int) -> None:
        """Ask one question, and see whether just what should have changed."""
        world, people = self._world, self._world.people
        path, body = path_of(row.path, people, caller), body_of(row.sends, people, caller)
        answer = world.ask(caller, row.method, path, body)
        written, has_changed = world.read_new_changes(), world.state() != self._state
        self.asked += 1
        if has_changed:
            self._start()
        is_told = has_changed or (answer.is_success and row.path in _IS_TOLD)
        said = _complaint(answer, status, written, is_told=is_told)
        if said is not None:
            self.wrong.append(f"{row.method} {row.path} {row.sends or ''} as {caller}: {said}")


def _complaint(
    answer: httpx2.Response, wanted: int, written: list[dict[str, Any]], *, is_told: bool
) -> str | None:
    """Say what is wrong with an answer or with what it did, or None."""
    if answer.status_code != wanted:
        return f"{answer.status_code}, not {wanted}"
    if is_told and not answer.is_success:
        return "refused, and done all the same"
    if [row["request_id"] for row in written] != is_told * [answer.headers["x-request-id"]]:
        return f"written down: {written}"
    return None


def test_the_page_about_the_table_is_current() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run `make docs`"
