"""Clients that call again and again, some for streams, and remember all that they got."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from tests.faults.callers import Caller, Chat, Seen


class Load:
    """Calls of one key, several at a time. What was seen of them is kept across restarts."""

    def __init__(self, caller: Caller, *, model: str, clients: int, max_tokens: int = 16) -> None:
        """Take who calls, for what, and how many at a time: every other one for streams."""
        self._caller = caller
        self._model = model
        self._clients = clients
        self._max_tokens = max_tokens
        self._numbers = count()
        self._is_wanted = False
        self.seen: list[Seen] = []

    @property
    def answers(self) -> Sequence[Seen]:
        """Return the answers that were received in full."""
        return [one for one in self.seen if one.is_answer]

    @property
    def begun_ids(self) -> Sequence[str]:
        """Return the ids of all answers that began, those too that broke off."""
        return [one.request_id for one in self.seen if one.status == 200 and one.request_id]

    @property
    def refused(self) -> Sequence[Seen]:
        """Return the answers that were refusals."""
        return [one for one in self.seen if one.status not in {None, 200}]

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Call until the block ends, or there is no server any more."""
        self._is_wanted = True
        clients = [
            asyncio.ensure_future(self._call_on(stream=number % 2 == 1))
            for number in range(self._clients)
        ]
        try:
            yield
        finally:
            self._is_wanted = False
            await asyncio.gather(*clients)

    async def _call_on(self, *, stream: bool) -> None:
        while self._is_wanted:
            marker = f"load-{next(self._numbers):06}"
            chat = Chat(marker, self._model, stream=stream, max_tokens=self._max_tokens)
            seen = await self._caller.call(chat)
            self.seen.append(seen)
            if not seen.is_complete:
                return
