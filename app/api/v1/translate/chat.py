"""Between OpenAI's chat form and the domain's `Call`."""

from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import Request

from app.api.errors import header_text
from app.api.v1.schemas.openai.chat import ChatCompletionRequest
from app.api.v1.translate.tags import tags_of
from app.api.v1.translate.urgency import read_urgency
from app.core.money import NANO
from app.services.call import Call, Trace
from app.services.principals import Principal


async def to_call(body: ChatCompletionRequest, request: Request, principal: Principal) -> Call:
    """Return the call that a request asks for. The body has been read: nothing is awaited long.

    Raises:
        InvalidRequestError: its tags are bad, or too many, or its class is none.
    """
    state = request.scope["state"]
    call = Call(
        id=state["request_id"],
        client_request_id=state["client_request_id"],
        principal=principal,
        task="chat-completion",
        model=body.model,
        payload=await request.json(),  # what FastAPI parsed for `body`, kept by Starlette
        body=await request.body(),
        stream=bool(body.stream),
        tags=tags_of(request.scope["headers"], body.metadata, principal.tags),
        end_user=body.user or None,
        urgency=read_urgency(request.scope["headers"], principal),
    )
    state["call_headers"] = partial(error_headers, call.trace)  # for an answer that is an error
    return call


def answer_headers(trace: Trace) -> Mapping[str, str]:
    """Return what the headers of an answer say about its way, as far as that is known by now."""
    if trace.ttft_seconds is None and not trace.latency_seconds:
        return trace.rate_headers  # a comment goes out before anybody has answered
    headers = {
        "x-inference-provider": header_text(trace.answer.provider or trace.upstream or ""),
        "x-meterhouse-upstream": header_text(trace.upstream or ""),
        "x-meterhouse-attempts": str(trace.attempts),
        **trace.rate_headers,
    }
    if trace.detours:
        headers["x-meterhouse-route"] = _route([*trace.detours, trace.upstream or ""])
    if trace.cost_nusd is not None:
        headers["x-meterhouse-cost-usd"] = f"{trace.cost_nusd / NANO:.9f}"
    seconds = trace.ttft_seconds if trace.ttft_seconds is not None else trace.latency_seconds
    headers["server-timing"] = f"upstream;dur={seconds * 1000:.1f}"
    return headers


def error_headers(trace: Trace) -> Mapping[str, str]:
    """Return what the headers of an error say about the way of a call that has failed."""
    headers = dict(trace.rate_headers)
    if trace.attempts:
        headers["x-meterhouse-upstream"] = header_text(trace.upstream or "")
        headers["x-meterhouse-attempts"] = str(trace.attempts)
    if trace.detours:
        headers["x-meterhouse-route"] = _route(trace.detours)
    return headers


def _route(stations: Sequence[str]) -> str:
    """Return who was asked in which order, and what kept each from answering."""
    return header_text("; ".join(stations))
