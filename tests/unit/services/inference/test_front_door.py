"""Who is let into the gateway, and what a call that was let in leaves behind."""

import asyncio

import pytest

from app.core.errors import NotReadyError, OverloadedError
from app.services.inference.front_door import FrontDoor
from app.services.principals import Principal, PrincipalKind, Scope, builtin_principal
from app.services.urgency import Urgency, urgency_of

CALLER = Principal("key_1", "ci", frozenset({Scope.INFERENCE}))


async def test_no_more_calls_run_than_there_is_room_for() -> None:
    door = FrontDoor(1)
    await door.enter(Urgency.INTERACTIVE)
    waiting = asyncio.ensure_future(door.enter(Urgency.BATCH))
    await asyncio.sleep(0)

    with pytest.raises(OverloadedError, match="The gateway has no room"):
        await door.enter(Urgency.BATCH)
    urgent = asyncio.ensure_future(door.enter(Urgency.ADMIN))  # in the place of the one that waits
    await asyncio.sleep(0)
    door.leave()

    await urgent
    with pytest.raises(OverloadedError):
        await waiting


async def test_nobody_is_let_in_once_it_is_closing() -> None:
    closing = asyncio.Event()
    door = FrontDoor(1, closing)
    door.ensure_open()
    closing.set()

    with pytest.raises(NotReadyError, match="draining") as refused:
        await door.enter(Urgency.ADMIN)

    assert refused.value.retry_after_seconds


@pytest.mark.parametrize(
    ("principal", "urgency"),
    [
        (builtin_principal(PrincipalKind.BOOTSTRAP), Urgency.ADMIN),
        (builtin_principal(PrincipalKind.OPERATOR), Urgency.ADMIN),
        (Principal("k", "admin's", frozenset(Scope), is_admin=True), Urgency.ADMIN),
        (Principal("k", "admin's app", CALLER.scopes, is_admin=True), Urgency.INTERACTIVE),
        (Principal("k", "lead's", frozenset(Scope)), Urgency.INTERACTIVE),
        (CALLER, Urgency.INTERACTIVE),
    ],
    ids=lambda value: value.name,
)
def test_a_call_is_as_urgent_as_its_caller_and_can_only_be_less(
    principal: Principal, urgency: Urgency
) -> None:
    assert urgency_of(principal, is_batch=False) is urgency
    assert urgency_of(principal, is_batch=True) is Urgency.BATCH
