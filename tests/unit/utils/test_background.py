"""A coroutine that runs beside a block of code."""

import asyncio

import pytest

from app.utils.background import running_beside


class Beside:
    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = False

    async def wait(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def fail() -> None:
    raise ValueError("beside")


async def test_it_runs_until_the_block_ends() -> None:
    beside = Beside()

    async with running_beside(beside.wait()):
        await beside.began.wait()
        assert not beside.ended

    assert beside.ended


async def test_an_error_of_the_block_comes_out_as_it_is() -> None:
    beside = Beside()

    async def block() -> None:
        async with running_beside(beside.wait()):
            await beside.began.wait()
            raise KeyError

    with pytest.raises(KeyError):
        await block()
    assert beside.ended


async def test_its_own_error_ends_the_block() -> None:
    with pytest.raises(ValueError, match="beside"):
        async with running_beside(fail()):
            await asyncio.Event().wait()


async def test_a_cancelled_block_stays_cancelled() -> None:
    beside = Beside()

    async def block() -> None:
        async with running_beside(beside.wait()):
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(block())
        await beside.began.wait()
        task.cancel()

    assert task.cancelled()
    assert beside.ended
