"""Turns what is answered into a response that comes as it was asked to come."""

import json
from asyncio import Event
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.simulator.answers import Answer
from app.simulator.behaviour import Behaviour, Spoil
from app.simulator.errors import Refusal
from app.simulator.events import events_of
from app.simulator.journal import SeenCall
from app.simulator.paced_response import Ending, Manner, PacedResponse
from app.simulator.spoiling import Part, compressed, spoil, with_bom
from app.simulator.wire import chunks_of, completion_of, to_json

_PROVIDER: Final = {"x-inference-provider": "simulator"}
_STREAM: Final = {"content-type": "text/event-stream", "cache-control": "no-cache"}
_WHOLE: Final = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one call is answered, where that is noted, and what says that the simulator ends."""

    behaviour: Behaviour
    seen: SeenCall
    closing: Event

    def stream(self, answer: Answer, *, wants_usage: bool) -> PacedResponse:
        """Return an answer as a stream of events."""
        chunks = chunks_of(answer, self.behaviour, wants_usage=wants_usage)
        return self._events([to_json(chunk) for chunk in chunks], answer.id, has_done=True)

    def tokens(self, said: Sequence[bytes]) -> PacedResponse:
        """Return a text as a stream of tokens."""
        return self._events(said, f"sim-task-{self.seen.number}", has_done=False)

    def _events(self, said: Sequence[bytes], name: str, *, has_done: bool) -> PacedResponse:
        behaviour = self.behaviour
        if behaviour.comments_ms is not None:
            behaviour = replace(behaviour, stall_after=behaviour.stall_after or 0)
        manner = replace(
            self._manner(_ending(behaviour)),
            part_seconds=behaviour.chunk_delay_ms / 1000,
            comment_seconds=_seconds(behaviour.comments_ms),
        )
        events = events_of(said, behaviour, has_done=has_done)
        return self._respond(events, manner, {**_STREAM, "x-request-id": name})

    def whole(self, answer: Answer) -> PacedResponse:
        """Return an answer as one piece."""
        part = spoil(to_json(completion_of(answer, self.behaviour)), self.behaviour)
        manner = self._manner(_ending(self.behaviour))
        if manner.ending in {Ending.CUT, Ending.STALLED}:
            manner = replace(manner, most_bytes=_size([part]) // 2)
        parts = [] if self.behaviour.is_empty else [part]
        return self._respond(parts, manner, {**_WHOLE, "x-request-id": answer.id})

    def done(self, body: bytes, content_type: str, headers: Mapping[str, str]) -> PacedResponse:
        """Return the answer to a task as one piece."""
        part: Part = (body,)
        is_any = self.behaviour.spoil in {Spoil.GARBAGE, Spoil.SHAPE}
        if content_type == _WHOLE["content-type"] or is_any:
            part = spoil(body, self.behaviour)
        manner = self._manner(_ending(self.behaviour))
        if manner.ending in {Ending.CUT, Ending.STALLED}:
            manner = replace(manner, most_bytes=_size([part]) // 2)
        said = {"content-type": content_type, "x-request-id": f"sim-task-{self.seen.number}"}
        parts = [] if self.behaviour.is_empty else [part]
        return self._respond(parts, manner, {**said, **headers})

    def refusal(self, refusal: Refusal) -> PacedResponse:
        """Return an error."""
        body, content_type = _body_of(refusal, self.behaviour.estimated_seconds)
        headers = {"content-type": content_type, "x-request-id": f"sim-refusal-{self.seen.number}"}
        if self.behaviour.retry_after_seconds is not None:
            headers["retry-after"] = str(self.behaviour.retry_after_seconds)
        return self._respond(
            [(body,)], self._manner(Ending.FINISHED), headers, status=refusal.status
        )

    def _manner(self, ending: Ending) -> Manner:
        return Manner(
            ending=Ending.SILENT if self.behaviour.is_silent else ending,
            start_seconds=self.behaviour.delay_ms / 1000,
            byte_seconds=_seconds(self.behaviour.drip_ms),
        )

    def _respond(
        self,
        parts: Sequence[Part],
        manner: Manner,
        headers: Mapping[str, str],
        *,
        status: int = 200,
    ) -> PacedResponse:
        behaviour, said = self.behaviour, {**_PROVIDER, **headers}
        if behaviour.has_bom:
            parts = with_bom(parts)
        sent: Iterable[Iterable[bytes]] = parts
        if behaviour.gzip_mb is not None:
            sent = compressed(parts, behaviour.gzip_mb)
            said["content-encoding"] = "gzip"
        elif said["content-type"] != _STREAM["content-type"]:
            said["content-length"] = str(_size(parts))
        if not behaviour.has_type:
            said["content-type"] = "text/html; charset=utf-8"
        if behaviour.length is not None:
            said["content-length"] = str(behaviour.length)
            most = behaviour.length if manner.most_bytes is None else manner.most_bytes
            manner = replace(manner, most_bytes=min(most, behaviour.length))
        return PacedResponse(
            sent, self.seen, self.closing, manner=manner, status_code=status, headers=said
        )


def _ending(behaviour: Behaviour) -> Ending:
    cut, stall = behaviour.cut_after, behaviour.stall_after
    if stall is not None and (cut is None or stall <= cut):
        return Ending.STALLED
    return Ending.FINISHED if cut is None else Ending.CUT


def _size(parts: Iterable[Part]) -> int:
    return sum(len(piece) for part in parts for piece in part)


def _body_of(refusal: Refusal, estimated_seconds: int | None) -> tuple[bytes, str]:
    body = refusal.body
    if isinstance(body, str):
        kind = "html" if body.startswith("<") else "plain"
        return body.encode(), f"text/{kind}; charset=utf-8"
    if estimated_seconds is not None and isinstance(body, dict):
        body = {**body, "estimated_time": float(estimated_seconds)}
    return json.dumps(body, ensure_ascii=False).encode(), refusal.media_type


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
