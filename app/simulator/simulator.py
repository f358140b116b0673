"""Decides how each request is answered, and remembers what has been asked."""

import asyncio
import math
from collections import Counter
from dataclasses import replace

from starlette.requests import Request

from app.core.clock import Clock
from app.simulator.answers import compose
from app.simulator.behaviour import Behaviour
from app.simulator.delivery import Delivery
from app.simulator.errors import RefusedError, provider_error, refuse_input
from app.simulator.faults import Asked, FaultError, behave, faults_in_model, parse_faults
from app.simulator.journal import Journal, SeenCall
from app.simulator.paced_response import PacedResponse
from app.simulator.replies import last_user_text, reply_to
from app.simulator.schemas.requests import ChatRequest
from app.simulator.script import Rule, Script
from app.simulator.tasks.form import Form, composed_in
from app.simulator.tasks.requests import composed, read_asked
from app.simulator.tasks.streaming import is_streamed, token_events


class Simulator:
    """One simulator: its script, how often its rules and faults were used, its journal."""

    def __init__(self, script: Script, clock: Clock, closing: asyncio.Event) -> None:
        """Start with nothing asked yet; `closing` ends what would last for ever."""
        self.journal = Journal()
        self._script = script
        self._clock = clock
        self._started = clock.monotonic()
        self._closing = closing
        self._uses: Counter[tuple[str, str]] = Counter()

    def answer(self, request: ChatRequest, seen: SeenCall, *, header: str) -> PacedResponse:
        """Return the response to a request; `header` may ask for faults."""
        pacing = self._script.pacing
        behaviour = Behaviour(delay_ms=pacing.delay_ms, chunk_delay_ms=pacing.chunk_delay_ms)
        try:
            rule = self._find_rule(request)
            behaviour = self._behave(request, header, rule, behaviour)
            delivery = Delivery(behaviour, seen, self._closing)
            if behaviour.refusal is not None:
                return delivery.refusal(behaviour.refusal)
            answer = compose(request, reply_to(request, rule, behaviour), behaviour)
        except RefusedError as error:
            return Delivery(behaviour, seen, self._closing).refusal(error.refusal)
        if request.stream and not behaviour.is_whole:
            return delivery.stream(answer, wants_usage=request.wants_usage)
        return delivery.whole(answer)

    async def do(
        self, task: str | None, request: Request, seen: SeenCall, *, header: str
    ) -> PacedResponse:
        """Return the response to a task; `header` may ask for faults."""
        pacing = self._script.pacing
        behaviour = Behaviour(delay_ms=pacing.delay_ms, chunk_delay_ms=pacing.chunk_delay_ms)
        try:
            behaviour = self._misbehave(seen.model, header, behaviour)
            delivery = Delivery(behaviour, seen, self._closing)
            if behaviour.refusal is not None:
                return delivery.refusal(behaviour.refusal)
            asked = read_asked(task, await request.body(), request.headers.get("content-type"))
        except RefusedError as error:
            return Delivery(behaviour, seen, self._closing).refusal(error.refusal)
        seen.stream = is_streamed(asked)
        if seen.stream and not behaviour.is_whole:
            return delivery.tokens(token_events(asked, behaviour))
        return delivery.done(*await composed(asked, behaviour))

    async def fill_in(self, form: Form, seen: SeenCall, *, header: str) -> PacedResponse:
        """Return the response to a task that was asked for in another dialect."""
        behaviour = Behaviour(delay_ms=self._script.pacing.delay_ms)
        try:
            behaviour = self._misbehave(seen.model, header, behaviour)
            delivery = Delivery(behaviour, seen, self._closing)
            if behaviour.refusal is not None:
                return delivery.refusal(behaviour.refusal)
            return delivery.done(*await composed_in(form, behaviour))
        except RefusedError as error:
            return Delivery(behaviour, seen, self._closing).refusal(error.refusal)

    def _find_rule(self, request: ChatRequest) -> Rule | None:
        """Return the first rule that fits now and is not used up, and count the use."""
        text = last_user_text(request)
        seconds = self._clock.monotonic() - self._started
        for index, rule in enumerate(self._script.answers):
            key = ("rule", str(index))
            if not rule.is_due(seconds) or self._uses[key] >= (rule.times or math.inf):
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
        return self._misbehave(request.model, header, start)

    def _misbehave(self, model: str, header: str, start: Behaviour) -> Behaviour:
        try:
            in_model = faults_in_model(model)
        except FaultError as error:
            refuse_input(f"Model {model!r}: {error}", "model")
        try:
            in_header = parse_faults(header)
        except FaultError as error:
            refuse_input(f"X-Simulator-Fault: {error}", "X-Simulator-Fault")
        return self._apply((*in_model, *in_header), (model, header), start)

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
