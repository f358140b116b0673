from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from app.core.errors import (
    ModelNotAllowedError,
    NotReadyError,
    UpstreamTruncatedError,
    UpstreamUnavailableError,
)
from app.core.gateway_file import GatewayConfig
from app.core.tasks.task import Task
from app.core.telemetry import Metrics
from app.db.ledger_changes import Row
from app.db.repositories.body_rules import BodyRuleDirectory
from app.models.bodies import BodyRule
from app.services.admission.admission import Admission
from app.services.admission.stored_terms import StoredTerms
from app.services.call import Call
from app.services.inference.attempts import Attempts
from app.services.inference.front_door import FrontDoor
from app.services.inference.service import InferenceService
from app.services.ledger.body_rules import BodyRules
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.hold import Hold
from app.services.ledger.ledger import Ledger
from app.services.prices.price_book import PriceBook
from app.services.prices.quote import Quote
from app.services.principals import Principal, Scope
from app.services.providers.provider import AnswerFacts, ChatRequest, Usage
from app.services.routing.catalogue import Catalogue
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.plan import Planner
from app.services.routing.router import Router
from app.services.tasks.work import Work

PIECES = [b"data: one\n\n", b"data: two\n\n"]


class TickingClock:
    """A clock on which each look at the time takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    def monotonic(self) -> float:
        self.seconds += 1
        return self.seconds


class FakeLedger:
    def __init__(self, *, full: bool = False) -> None:
        self.entries: list[Entry] = []
        self.bodies: list[Row | None] = []
        self.full = full

    def ensure_room(self) -> None:
        if self.full:
            raise NotReadyError("full")

    async def intend(self, hold: Hold, charges: object, *, is_durable: bool) -> None:
        del hold, charges, is_durable

    def settle(self, entry: Entry, charges: object, *, events: object, body: Row | None) -> None:
        del charges, events
        self.entries.append(entry)
        self.bodies.append(body)


class OneRule:
    """The bodies of team_1 are stored."""

    async def read(self) -> Sequence[BodyRule]:
        return [BodyRule(scope_id="team_1", max_bytes=1_024, keep_days=1)]


class NoPrices:
    def quote(self, model: str, upstream: str, upstream_model: str, at_ms: int) -> Quote:
        del model, upstream, upstream_model, at_ms
        return Quote()


class FakeProvider:
    """Answers with what it was given, then fails if it was told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.requests: list[ChatRequest] = []
        self.closed = False

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        self.requests.append(request)
        facts.usage, facts.finish_reason = Usage(3, 4), "stop"
        if self.error:
            raise self.error
        return b"{}"

    async def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        self.requests.append(request)
        try:
            for piece in PIECES:
                yield piece
            if self.error:
                raise self.error
            facts.usage, facts.finish_reason = Usage(3, 4), "stop"
        finally:
            self.closed = True

    @property
    def can_chat(self) -> bool:
        return True

    def can_do(self, task: Task, model: str) -> bool:
        raise NotImplementedError

    def strange_to(self, work: Work) -> str | None:
        raise NotImplementedError

    async def task_of(self, model: str) -> str | None:
        raise NotImplementedError

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        raise NotImplementedError

    def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        raise NotImplementedError

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        return ()


def _service(
    provider: FakeProvider, ledger: FakeLedger, body_rules: BodyRules | None = None
) -> tuple[InferenceService, Metrics]:
    upstream = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}
    gateway = GatewayConfig.model_validate({"upstreams": {"up": upstream}})
    catalogue, metrics = Catalogue(gateway, {"up": {"1": provider}}), Metrics()
    clock = TickingClock()
    admission = Admission(
        cast("Ledger", ledger),
        cast("PriceBook", NoPrices()),
        cast("StoredTerms", None),  # nothing is set: there is nothing to read
        catalogue.bounds_of,
        clock=clock,
    )
    rules = body_rules or _body_rules()
    health, entrances = Health(clock), Entrances(gateway.upstreams)
    planner = Planner(health, entrances)
    router = Router(catalogue, planner, NoPrices(), clock)
    attempts = Attempts(admission, health, entrances, clock)
    service = InferenceService(
        router, admission, attempts, rules, metrics=metrics, front_door=FrontDoor()
    )
    return service, metrics


def _body_rules() -> BodyRules:
    """Return rules that were not read yet: nobody's bodies are stored."""
    return BodyRules(cast("BodyRuleDirectory", OneRule()), TickingClock())


def _call(*, stream: bool = False) -> Call:
    who = Principal("key_1", "ci", frozenset({Scope.INFERENCE}), user_id="user_1", team_id="team_1")
    return Call("req_1", "theirs", who, "chat-completion", "up/m", {"model": "up/m"}, b"{}", stream)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_that_the_key_may_not_call_is_not_sent_and_leaves_no_entry(
    *, stream: bool
) -> None:
    provider, ledger = FakeProvider(), FakeLedger()
    service, _ = _service(provider, ledger)
    call = _call(stream=stream)
    limited = replace(call, principal=replace(call.principal, allowed_models=("up/other",)))

    with pytest.raises(ModelNotAllowedError):
        await (anext(service.stream(limited)) if stream else service.answer(limited))

    assert provider.requests == []
    assert ledger.entries == []
    allowed = replace(call, principal=replace(call.principal, allowed_models=("up/*",)))
    assert await (anext(service.stream(allowed)) if stream else service.answer(allowed))


def _metric(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_a_whole_answer_leaves_one_entry_with_what_was_used() -> None:
    provider, ledger = FakeProvider(), FakeLedger()
    service, metrics = _service(provider, ledger)

    assert await service.answer(_call()) == b"{}"

    assert provider.requests[0].model == "m"
    [entry] = ledger.entries
    [made] = entry.tries or []
    assert 0 < made["latency_ms"] < entry.latency_ms
    assert ledger.entries == [
        Entry(
            id="req_1",
            created_at_ms=1_795_392_000_000,
            key_id="key_1",
            client_request_id="theirs",
            task="chat-completion",
            model="up/m",
            upstream="up",
            upstream_model="m",
            stream=False,
            status=Status.OK,
            error_code=None,
            finish_reason="stop",
            units_in=3,
            units_out=4,
            basis=Basis.REPORTED,
            attempts=1,
            latency_ms=entry.latency_ms,
            ttft_ms=None,
            user_id="user_1",
            team_id="team_1",
            unit_in="token",
            unit_out="token",
            tags={},
            tries=[
                {
                    "upstream": "up",
                    "model": "m",
                    "credential": "1",
                    "provider": None,
                    "status": "ok",
                    "error_code": None,
                    "units_in": 3,
                    "units_out": 4,
                    "cost_nusd": None,
                    "latency_ms": made["latency_ms"],
                }
            ],
        )
    ]
    where = {"task": "chat-completion", "upstream": "up"}
    assert _metric(metrics, "meterhouse_calls_total", **where, status="ok") == 1
    assert _metric(metrics, "meterhouse_calls_in_flight", task="chat-completion") == 0


async def test_a_stream_ends_with_its_facts_and_the_end_mark_after_its_entry_is_written() -> None:
    ledger = FakeLedger()
    service, _ = _service(FakeProvider(), ledger)
    events: list[bytes] = []

    async for event in service.stream(_call(stream=True)):
        if event.endswith(b"data: [DONE]\n\n"):
            assert [entry.status for entry in ledger.entries] == [Status.OK]
        events.append(event)

    assert events[:2] == PIECES
    assert events[2].startswith(b': meterhouse {"upstream":"up","attempts":1,"units_in":3')
    assert 0 < (ledger.entries[0].ttft_ms or 0) < ledger.entries[0].latency_ms


async def test_a_failed_call_leaves_an_entry_with_the_reason() -> None:
    ledger = FakeLedger()
    service, _ = _service(FakeProvider(UpstreamUnavailableError("busy")), ledger)

    with pytest.raises(UpstreamUnavailableError):
        await service.answer(_call())

    assert [(entry.status, entry.error_code) for entry in ledger.entries] == [
        (Status.ERROR, "upstream_unavailable")
    ]


async def test_a_stream_that_breaks_leaves_an_entry_with_the_reason_and_no_end_mark() -> None:
    ledger = FakeLedger()
    service, _ = _service(FakeProvider(UpstreamTruncatedError("cut")), ledger)
    events: list[bytes] = []

    with pytest.raises(UpstreamTruncatedError):
        events.extend([event async for event in service.stream(_call(stream=True))])

    assert [(entry.status, entry.error_code) for entry in ledger.entries] == [
        (Status.ERROR, "upstream_truncated")
    ]
    assert ledger.entries[0].basis == Basis.ESTIMATED


async def test_an_error_nobody_foresaw_leaves_an_entry_too() -> None:
    ledger = FakeLedger()
    service, _ = _service(FakeProvider(ZeroDivisionError()), ledger)

    with pytest.raises(ZeroDivisionError):
        await service.answer(_call())

    assert ledger.entries[0].error_code == "internal_error"


async def test_a_client_that_leaves_closes_the_provider_and_is_written_down() -> None:
    provider, ledger = FakeProvider(), FakeLedger()
    service, _ = _service(provider, ledger)

    async with aclosing(service.stream(_call(stream=True))) as events:
        await anext(events)

    assert provider.closed
    assert [entry.status for entry in ledger.entries] == [Status.CANCELLED]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_that_could_not_be_written_down_is_never_sent(
    stream: bool,  # noqa: FBT001 - a case of the table
) -> None:
    provider = FakeProvider()
    service, _ = _service(provider, FakeLedger(full=True))

    asked = anext(service.stream(_call(stream=True))) if stream else service.answer(_call())
    with pytest.raises(NotReadyError):
        await asked

    assert provider.requests == []


async def test_an_event_has_gone_out_once_it_is_handed_on() -> None:
    ledger, rules = FakeLedger(), _body_rules()
    await rules.refresh()
    service, _ = _service(FakeProvider(), ledger, rules)

    async with aclosing(service.stream(_call(stream=True))) as events:
        assert await anext(events) == PIECES[0]  # and then the client leaves

    [body] = ledger.bodies
    assert body is not None
    assert body[2:] == ("{}", PIECES[0].decode(), False)
    assert ledger.entries[0].status == Status.CANCELLED


async def test_nothing_is_stored_of_a_call_without_a_rule() -> None:
    ledger = FakeLedger()
    service, _ = _service(FakeProvider(), ledger)

    await service.answer(_call())

    assert ledger.bodies == [None]
