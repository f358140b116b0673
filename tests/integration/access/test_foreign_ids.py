"""Nobody learns that a thing exists which they may not see: not by words, not by how long it takes.

How long an answer takes is not measured, which would be a matter of luck: the questions to the
database are compared.
"""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import httpx2
import pytest
from sqlalchemy import Engine, event
from structlog.contextvars import get_contextvars

from app.core.ids import new_id
from tests.integration.access.population import Population
from tests.integration.access.requests import BODIES, body_of, path_of
from tests.integration.access.table import SECTIONS, Row, rows
from tests.integration.access.world import World

_OBJECT: Final = re.compile(r"\{([a-z-]+)\}")
_ID: Final = re.compile(r"\b(user|team|key|req|new)_[0-9a-z]{26}\b")
_FOREIGN_TO: Final = {"other member", "other lead"}  # everything of the other team
_STRANGERS: Final = ("member", "lead", "service", *_FOREIGN_TO)


def foreign_questions() -> Iterator[tuple[Row, str]]:
    """Yield what is answered 404 although everything that is asked for is there."""
    for section in SECTIONS:
        for row in rows(section):
            if "no-" not in f"{row.path} {row.sends} {template_of(row)}":
                yield from ((row, who) for who in _STRANGERS if row.statuses[who] == 404)


def template_of(row: Row) -> dict[str, Any]:
    return dict(BODIES[row.sends].template) if row.sends else {}


def objects_in(row: Row) -> list[str]:
    named = [*_OBJECT.findall(row.path)]
    return named + [
        one for value in template_of(row).values() for one in _OBJECT.findall(str(value))
    ]


def test_the_table_has_enough_of_them() -> None:
    asked = {(row.method, who) for row, who in foreign_questions()}

    assert asked >= {(method, who) for method in ("GET", "PATCH") for who in _FOREIGN_TO}
    assert len(list(foreign_questions())) > 50


@pytest.mark.parametrize("caller", _STRANGERS)
def test_what_is_foreign_is_answered_like_what_is_not_there(world: World, caller: str) -> None:
    told_apart = [
        f"{row.method} {row.path} {row.sends}: {hidden}"
        for row in (row for row, who in foreign_questions() if who == caller)
        for hidden in unknown_in_place(row, caller)
        if differs(world, row, caller, hidden)
    ]

    assert told_apart == []


def differs(world: World, row: Row, caller: str, hidden: set[str]) -> bool:
    """Say whether a foreign thing is told from an unknown one, each time that it is tried.

    Now and then the key itself is asked for again, which is a difference that does not repeat.
    """
    return all(
        ask(world, row, caller, world.people)
        != ask(world, row, caller, without(world.people, hidden))
        for _ in range(3)
    )


def unknown_in_place(row: Row, caller: str) -> Iterator[set[str]]:
    """Yield which of the objects can be unknown without a difference.

    The last one is always out of sight; where the team is not the caller's, so is the team.
    """
    named = [name for name in objects_in(row) if name in _OWNED]
    yield {named[-1]}
    if caller in _FOREIGN_TO and len(named) > 1:
        yield set(named)


_OWNED: Final = {
    *("fellow", "stranger", "second-admin", "team"),
    *("fellow-key", "charged-key", "team-key", "admin-key"),
    *("team-budget", "user-budget", "key-budget", "instance-budget"),
    *("team-limit", "user-limit", "key-limit", "call"),
}


def without(people: Population, names: set[str]) -> Population:
    """Return the same people, but with ids that nobody has for some of them."""
    gone = {name: new_id(people.ids[name].partition("_")[0]) for name in names}
    return replace(people, ids={**people.ids, **gone})


def ask(world: World, row: Row, caller: str, people: Population) -> tuple[object, ...]:
    """Return all that an answer tells: the questions to the database stand for its time."""
    path, body = path_of(row.path, people, caller), body_of(row.sends, people, caller)
    with statements() as asked:
        answer = world.ask(caller, row.method, path, body)
    assert answer.status_code == 404
    return shown(answer), asked


def shown(answer: httpx2.Response) -> tuple[str, list[tuple[str, str]]]:
    """Return an answer without the ids that the caller knows by now."""
    headers = [(name, _ID.sub(r"\1", value)) for name, value in answer.headers.items()]
    return _ID.sub(r"\1", answer.text), sorted(headers)


@contextmanager
def statements() -> Generator[list[str]]:
    """Note every statement that reaches the database for a request."""
    noted = list[str]()

    def note(*args: Any) -> None:
        if "request_id" in get_contextvars():
            noted.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_questions_to_the_database_are_seen(world: World) -> None:
    with statements() as asked:
        world.ask("admin", "GET", "/v1/teams")

    assert any("FROM teams" in one for one in asked)
