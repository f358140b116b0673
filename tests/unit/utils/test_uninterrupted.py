"""A step that a cancelled task still finishes."""

import asyncio

import pytest

from app.utils.uninterrupted import uninterrupted


async def test_the_result_comes_back() -> None:
    async def answer() -> int:
        await asyncio.sleep(0)
        return 42

    assert await uninterrupted(answer()) == 42


async def test_an_error_comes_back() -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await uninterrupted(fail())


async def test_a_cancellation_waits_for_the_end() -> None:
    began, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> None:
        began.set()
        await may_end.wait()
        ended.set()

    task = asyncio.ensure_future(uninterrupted(step()))
    await began.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()

    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_timeout_around_it_still_counts() -> None:
    ended = asyncio.Event()

    async def step() -> None:
        await asyncio.sleep(0)
        ended.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await uninterrupted(step())
    assert ended.is_set()
