"""The errors of Hugging Face's router and of what stands behind it, one entry each."""

from dataclasses import dataclass
from typing import Final

from app.simulator.errors import Refusal, gate_error, provider_error


@dataclass(frozen=True, slots=True)
class NamedRefusal:
    """An error that a caller can ask for by name."""

    name: str
    summary: str
    refusal: Refusal


REFUSALS: Final = (
    NamedRefusal(
        "model-not-supported",
        "400 in object form: no provider serves the model",
        provider_error(
            400,
            "The requested model is not supported by any provider you have enabled.",
            kind="invalid_request_error",
            param="model",
            code="model_not_supported",
        ),
    ),
    NamedRefusal(
        "bad-input",
        "400 in text form: the input makes no sense",
        gate_error(400, "The input could not be used."),
    ),
    NamedRefusal(
        "error-list",
        "400 whose `error` is a list of texts",
        Refusal(400, {"error": ["The input could not be used.", "It is too short."]}),
    ),
    NamedRefusal(
        "warnings",
        "400 in text form, with `warnings`",
        Refusal(400, {"error": "The input could not be used.", "warnings": ["It is too short."]}),
    ),
    NamedRefusal(
        "not-on-provider",
        "400 in text form: this provider does not serve the model",
        gate_error(400, "Model not supported by provider simulator"),
    ),
    NamedRefusal(
        "bad-token",
        "401 in text form: the token is not valid",
        gate_error(401, "Invalid credentials in Authorization header"),
    ),
    NamedRefusal(
        "no-credits",
        "402 in text form: the account has no credits left",
        gate_error(
            402,
            "You have depleted your monthly included credits. Purchase pre-paid credits to "
            "continue using Inference Providers. Alternatively, subscribe to PRO to get 20x more "
            "included usage.",
        ),
    ),
    NamedRefusal(
        "no-permission",
        "403 in text form: the token lacks the scope",
        gate_error(
            403,
            "This authentication method does not have sufficient permissions to call Inference "
            "Providers on behalf of user simulator",
        ),
    ),
    NamedRefusal(
        "not-found",
        "404 in text form: no such model",
        gate_error(404, "Model not found"),
    ),
    NamedRefusal(
        "gone",
        "410 in text form: the model is retired",
        gate_error(410, "The requested model is deprecated and no longer supported."),
    ),
    NamedRefusal(
        "too-large",
        "413 with an `error_type`: the body is too large",
        gate_error(413, "The request body is too large", "validation"),
    ),
    NamedRefusal(
        "invalid",
        "422 with an `error_type`, as TGI refuses input",
        gate_error(422, "Input validation error: the input is too long", "validation"),
    ),
    NamedRefusal(
        "detail",
        "422 with FastAPI's `detail`, as some providers answer",
        Refusal(
            422,
            {"detail": [{"loc": ["body", "messages"], "msg": "Field required", "type": "missing"}]},
        ),
    ),
    NamedRefusal(
        "generation-failed",
        "424 with an `error_type`: the generation failed",
        gate_error(424, "Request failed during generation", "generation"),
    ),
    NamedRefusal(
        "overloaded",
        "429 with an `error_type`: the model is overloaded",
        gate_error(429, "Model is overloaded", "overloaded"),
    ),
    NamedRefusal(
        "rate-limited",
        "429 in object form: too many requests",
        provider_error(
            429,
            "Rate limit reached. Please slow down.",
            kind="requests",
            code="rate_limit_exceeded",
        ),
    ),
    NamedRefusal(
        "bare-error",
        "429 with `message`, `code` and `type` and no `error` around them, as TEI answers",
        Refusal(429, {"message": "Model is overloaded", "code": 429, "type": "overloaded"}),
    ),
    NamedRefusal(
        "incomplete",
        "500 with an `error_type`: the generation broke off",
        gate_error(500, "Incomplete generation", "incomplete_generation"),
    ),
    NamedRefusal(
        "errors",
        "500 with `errors`, a list of objects",
        Refusal(500, {"errors": [{"message": "The provider failed."}]}),
    ),
    NamedRefusal(
        "plain-text",
        "502 in plain text",
        Refusal(502, "Bad Gateway"),
    ),
    NamedRefusal(
        "problem",
        "503 as `application/problem+json`",
        Refusal(
            503,
            {"type": "about:blank", "title": "Service Unavailable", "status": 503},
            "application/problem+json",
        ),
    ),
    NamedRefusal(
        "loading",
        "503 with `estimated_time`: the model is loading",
        Refusal(503, {"error": "The model is currently loading", "estimated_time": 20.0}),
    ),
    NamedRefusal(
        "gateway-timeout",
        "504 with an HTML page",
        Refusal(
            504,
            "<html><head><title>504 Gateway Time-out</title></head>"
            "<body><h1>504 Gateway Time-out</h1></body></html>",
        ),
    ),
)
