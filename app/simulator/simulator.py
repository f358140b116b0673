"""Decides how each request is answered, and remembers what has been asked."""

import json
from collections import Counter
from dataclasses import replace
from typing import Final

from pydantic import JsonValue

from app.simulator.answers import compose
from app.simulator.behaviour import Behaviour
from app.simulator.errors import Refusal, RefusedError, provider_error, refuse_input
from app.simulator.faults import Asked, FaultError, behave, faults_in_model, parse_faults
from app.simulator.journal import Journal, SeenCall
from app.simulator.paced_response import Pace, PacedResponse
from app.simulator.replies import last_user_text, reply_to
from app.simulator.schemas.requests import ChatRequest
from app.simulator.script import Rule, Script
from app.simulator.wire import chunks_of, completion_of, events_of, to_json

_PROVIDER: Final = {"x-inference-provider": "simulator"}


class Simulator:
    """One simulator: its script, how often its rules and faults were used, its journal."""

    def __init__(self, script: Script) -> None:
        """Start with nothing asked yet."""
        self.journal = Journal()
        self._script = script
        self._uses: Counter[tuple[str, str]] = Counter()

    def answer(self, request: ChatRequest, seen: SeenCall, *, header: str) -> PacedResponse:
        """Return the response to a request; `header` may ask for faults."""
        pacing = self._script.pacing
        behaviour = Behaviour(delay_ms=pacing.delay_ms, chunk_delay_ms=pacing.chunk_delay_ms)
        try:
            rule = self._find_rule(request)
            behaviour = self._behave(request, header, rule, behaviour)
            if behaviour.refusal is None:
                return _answer(request, rule, behaviour, seen)
            refusal = behaviour.refusal
        except RefusedError as error:
            refusal = error.refusal
        return _refuse(refusal, behaviour, seen)

    def _find_rule(self, request: ChatRequest) -> Rule | None:
        """Return the first rule that fits and is not used up, and count the use."""
        text = last_user_text(request)
        for index, rule in enumerate(self._script.answers):
            key = ("rule", str(index))
            if rule.times is not None and self._uses[key] >= rule.times:
                continue
            if rule.fits(model=request.model, text=text, stream=bool(request.stream)):
                self._uses[key] += 1
                return rule
        return None

    def _behave(
        self, request: ChatRequest, header: str, rule: Rule | None, start: Behaviour
    ) -> Behaviour:
        """Apply the script's faults, then those of the model name and the header."""
        if rule is not None:
            start = _with_status(rule, start)
            start = self._apply(rule.faults, ("fault", rule.fault), start)
        try:
            in_model = faults_in_model(request.model)
        except FaultError as error:
            refuse_input(f"Model {request.model!r}: {error}", "model")
        try:
            in_header = parse_faults(header)
        except FaultError as error:
            refuse_input(f"X-Simulator-Fault: {error}", "X-Simulator-Fault")
        return self._apply((*in_model, *in_header), (request.model, header), start)

    def _apply(self, asked: tuple[Asked, ...], key: tuple[str, str], start: Behaviour) -> Behaviour:
        """Apply faults, unless they were asked for often enough."""
        behaviour = behave(asked, replace(start, times=None))
        if behaviour.times is None:
            return behaviour
        self._uses[key] += 1
        return behaviour if self._uses[key] <= behaviour.times else start


def _with_status(rule: Rule, start: Behaviour) -> Behaviour:
    if rule.delay_ms is not None:
        start = replace(start, delay_ms=rule.delay_ms)
    if rule.status is None:
        return start
    refusal = provider_error(rule.status, f"Scripted status {rule.status}.", kind="simulated")
    if rule.body is not None:
        refusal = replace(refusal, body=rule.body)
    return replace(start, refusal=refusal)


def _answer(
    request: ChatRequest, rule: Rule | None, behaviour: Behaviour, seen: SeenCall
) -> PacedResponse:
    answer = compose(request, reply_to(request, rule, behaviour), behaviour)
    headers = {**_PROVIDER, "x-request-id": answer.id}
    cut = behaviour.cut_after is not None
    if request.stream and not behaviour.is_whole:
        chunks = chunks_of(answer, behaviour, wants_usage=request.wants_usage)
        return PacedResponse(
            events_of(chunks, behaviour),
            seen,
            pace=_pace(behaviour),
            breaks_off=cut,
            headers={**headers, "content-type": "text/event-stream", "cache-control": "no-cache"},
        )
    body = to_json(completion_of(answer, behaviour))
    return PacedResponse(
        [body[: len(body) // 2] if cut else body],
        seen,
        pace=Pace(start_seconds=behaviour.delay_ms / 1000),
        breaks_off=cut,
        headers={**headers, "content-type": "application/json", "content-length": str(len(body))},
    )


def _refuse(refusal: Refusal, behaviour: Behaviour, seen: SeenCall) -> PacedResponse:
    body, content_type = _body_of(refusal.body)
    headers = {**_PROVIDER, "x-request-id": f"sim-refusal-{seen.number}"}
    if behaviour.retry_after_seconds is not None:
        headers["retry-after"] = str(behaviour.retry_after_seconds)
    return PacedResponse(
        [body],
        seen,
        pace=Pace(start_seconds=behaviour.delay_ms / 1000),
        status_code=refusal.status,
        headers={**headers, "content-type": content_type, "content-length": str(len(body))},
    )


def _body_of(body: JsonValue) -> tuple[bytes, str]:
    if not isinstance(body, str):
        return json.dumps(body, ensure_ascii=False).encode(), "application/json"
    kind = "html" if body.startswith("<") else "plain"
    return body.encode(), f"text/{kind}; charset=utf-8"


def _pace(behaviour: Behaviour) -> Pace:
    return Pace(behaviour.delay_ms / 1000, behaviour.chunk_delay_ms / 1000)
