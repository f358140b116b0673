"""A coroutine that runs beside a block of code."""

from asyncio import TaskGroup
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def running_beside(coroutine: Coroutine[object, object, None]) -> AsyncGenerator[None]:
    """Run a coroutine until the block ends. If it fails, the block is cancelled and it raises.

    Unlike a bare task group, an error of the block comes out as it is and not inside a group.
    """
    try:
        async with TaskGroup() as tasks:
            task = tasks.create_task(coroutine)
            try:
                yield
            finally:
                task.cancel()
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
