"""Every error, as a caller sees it."""

import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from app.api.errors import OUTCOMES, ErrorBody, HfErrorBody, error_event, header_text
from app.core import errors
from tests.support.bare_app import bare_app, client_of

STATUSES = {
    "configuration": 500,
    "invalid_request": 400,
    "model_required": 400,
    "price_unknown": 400,
    "task_not_supported": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "cross_site": 403,
    "not_found": 404,
    "model_not_allowed": 403,
    "model_not_found": 404,
    "conflict": 409,
    "request_timeout": 408,
    "request_too_large": 413,
    "request_head_too_large": 431,
    "unsupported_media_type": 415,
    "budget_exceeded": 402,
    "rate_limited": 429,
    "budget_busy": 429,
    "not_ready": 503,
    "overloaded": 503,
    "upstream_error": 502,
    "upstream_unreachable": 502,
    "upstream_timeout": 504,
    "upstream_credentials": 502,
    "upstream_credits": 503,
    "upstream_rate_limited": 429,
    "upstream_unavailable": 503,
    "upstream_loading": 503,
    "upstream_protocol": 502,
    "upstream_truncated": 502,
    "upstream_rejected": 400,
    "upstream_not_found": 404,
    "upstream_too_large": 413,
    "upstream_unprocessable": 422,
}
HF_STATUSES = {**STATUSES, "overloaded": 429}  # its clients take a 503 for a model that loads


def every_error(kind: type[errors.AppError] = errors.AppError) -> Iterator[type[errors.AppError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from every_error(child)


KINDS = sorted(set(every_error()), key=lambda kind: kind.code)


def raising(error: Exception) -> TestClient:
    app = bare_app()

    async def fail() -> None:
        raise error

    for path in ("/v1/fail", "/models/fail", "/hf-inference/models/fail", "/fail"):
        app.add_api_route(path, fail)
    return client_of(app)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_domain_error_has_its_status_and_both_forms(kind: type[errors.AppError]) -> None:
    client = raising(kind("Do that instead."))
    hidden = STATUSES[kind.code] == 500

    ours, theirs = client.get("/v1/fail"), client.get("/models/fail")

    assert (ours.status_code, theirs.status_code) == (STATUSES[kind.code], HF_STATUSES[kind.code])
    error = ErrorBody.model_validate_json(ours.content).error
    assert list(ours.json()["error"]) == ["message", "type", "code", "param", "request_id"]
    assert error.message == ours.headers["x-error-message"]
    assert error.message == theirs.headers["x-error-message"]
    assert error.message == theirs.json()["error"]
    assert (error.message == "Do that instead.") is not hidden
    assert error.request_id == ours.headers["x-request-id"]
    for answer in (ours, theirs):
        assert answer.headers["content-type"] == "application/json"
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert "detail" not in answer.json()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_javascript_client_is_never_answered_what_it_repeats_without_end(
    kind: type[errors.AppError],
) -> None:
    client = raising(kind("Do that instead."))
    client.headers["user-agent"] = "@huggingface/inference/4.13.30 Node.js/20"
    instead = {503: 502 if kind is errors.UpstreamCreditsError else 429}

    ours, theirs = client.get("/v1/fail"), client.get("/models/fail")

    status, hf_status = STATUSES[kind.code], HF_STATUSES[kind.code]
    assert ours.status_code == instead.get(status, status)
    assert theirs.status_code == instead.get(hf_status, hf_status)


def test_every_domain_error_is_in_the_table_of_this_test() -> None:
    assert {kind.code for kind in KINDS} == set(STATUSES)
    assert {kind for kind in OUTCOMES if kind is not errors.AppError} <= set(KINDS)


@pytest.mark.parametrize("path", ["/models/fail", "/hf-inference/models/fail"])
def test_hugging_face_paths_are_answered_a_plain_text(path: str) -> None:
    client = raising(errors.UpstreamUnavailableError("Loading."))

    assert client.get(path).json() == {"error": "Loading.", "error_type": "overloaded"}


def test_an_error_without_a_hugging_face_name_says_none() -> None:
    client = raising(errors.UnauthenticatedError("Who are you?"))

    assert client.get("/models/fail").json() == {"error": "Who are you?"}
    assert HfErrorBody.model_validate_json(client.get("/models/fail").content).error_type is None


def test_a_path_that_only_begins_alike_is_not_a_hugging_face_one() -> None:
    app = bare_app()

    assert isinstance(client_of(app).get("/models-of-mine").json()["error"], dict)
    assert isinstance(client_of(app).get("/v1/models/nothing").json()["error"], dict)


def test_an_instance_may_carry_the_upstreams_own_code_and_param() -> None:
    error = errors.UpstreamRejectedError(
        "Too long.", param="messages", upstream_code="context_length_exceeded"
    )

    body = raising(error).get("/v1/fail").json()["error"]

    assert (body["code"], body["param"]) == ("context_length_exceeded", "messages")


@pytest.mark.parametrize(
    ("seconds", "header"), [(None, None), (0.0, "1"), (0.2, "1"), (2.0, "2"), (2.1, "3")]
)
def test_when_to_come_back_is_whole_seconds(seconds: float | None, header: str | None) -> None:
    client = raising(errors.NotReadyError("Later.", retry_after_seconds=seconds))

    assert client.get("/v1/fail").headers.get("retry-after") == header


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        (errors.UpstreamCredentialsError, "false"),
        (errors.UpstreamCreditsError, "false"),
        (errors.ConflictError, "false"),
        (errors.BudgetExceededError, "false"),
        (errors.PriceUnknownError, "false"),
        (errors.RateLimitedError, None),
        (errors.BudgetBusyError, None),
        (errors.NotReadyError, None),
        (errors.UpstreamUnavailableError, None),
    ],
)
def test_clients_are_told_not_to_repeat_what_cannot_succeed(
    kind: type[errors.AppError], header: str | None
) -> None:
    assert raising(kind("No.")).get("/v1/fail").headers.get("x-should-retry") == header


@pytest.mark.parametrize("path", ["/v1/fail", "/models/fail"])
@pytest.mark.parametrize(
    "error", [errors.RateLimitedError("No.", retry_after_seconds=360), KeyError("unforeseen")]
)
def test_an_error_says_what_is_left_of_the_callers_limits(path: str, error: Exception) -> None:
    left = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
    app = bare_app()

    async def fail(request: Request) -> None:
        request.scope["state"]["call_headers"] = lambda: left
        raise error

    app.add_api_route(path, fail)
    answer = client_of(app).get(path)

    assert {name: answer.headers[name] for name in left} == left
    assert answer.headers["x-error-message"]
    assert answer.headers.get("retry-after") == (
        "360" if isinstance(error, errors.RateLimitedError) else None
    )


def test_a_missing_key_is_asked_for_as_http_wants_it() -> None:
    client = raising(errors.UnauthenticatedError("Send a key."))

    assert client.get("/v1/fail").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/fail", "/models/fail", "/fail"])
def test_an_unforeseen_error_says_nothing_about_itself(path: str) -> None:
    answer = raising(KeyError("the password is hunter2")).get(path)

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "request id" in answer.headers["x-error-message"]
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("status", [401, 406, 418, 429, 501])
def test_a_status_without_a_domain_error_is_answered_in_our_form(status: int) -> None:
    answer = raising(HTTPException(status, "Because.")).get("/v1/fail")

    error = ErrorBody.model_validate_json(answer.content).error
    assert answer.status_code == status
    assert error.message == "Because."
    assert error.code


def test_a_message_cannot_add_a_header() -> None:
    error = errors.InvalidRequestError("Bad\r\nset-cookie: a=b\r\n\r\n<script>\x00\x1b[31mé")

    answer = raising(error).get("/v1/fail")

    assert "set-cookie" not in answer.headers
    assert (
        answer.headers["x-error-message"] == "Bad\\r set-cookie: a=b\\r \\r <script>\\x00\\x1b[31m?"
    )


def test_a_header_is_bounded_and_ascii() -> None:
    text = header_text("ä" * 10_000)

    assert (len(text), set(text)) == (500, {"?"})


def test_a_message_with_a_credential_loses_it() -> None:
    error = errors.UpstreamRejectedError("Incorrect API key: sk-abcdefghijklmnopqrstuvwxyz123456")

    answer = raising(error).get("/v1/fail")

    assert "abcdefghijkl" not in answer.text
    assert "abcdefghijkl" not in answer.headers["x-error-message"]


def test_a_very_long_message_is_cut() -> None:
    answer = raising(errors.UpstreamRejectedError("x" * 1_000_000)).get("/v1/fail")

    assert len(answer.content) < 5_000


class TestErrorEvent:
    def test_is_one_server_sent_event_in_openais_form(self) -> None:
        event = error_event(errors.UpstreamTruncatedError("It\nstopped."), "req_1")

        head, body, tail = event[:6], event[6:-2], event[-2:]
        assert (head, tail) == (b"data: ", b"\n\n")
        assert b"\n" not in body
        error = ErrorBody.model_validate_json(body).error
        assert error.message == "It\nstopped."
        assert (error.code, error.type, error.request_id) == (
            "upstream_truncated",
            "server_error",
            "req_1",
        )

    def test_says_nothing_about_an_unforeseen_error(self) -> None:
        event = error_event(ValueError("secret"), None)

        assert b"secret" not in event
        assert json.loads(event[6:])["error"]["code"] == "internal_error"


class TestWhatTheFrameworkRefuses:
    @pytest.fixture
    def app(self) -> FastAPI:
        app = bare_app()

        async def answer() -> None:
            """Answer nothing."""

        app.add_api_route("/v1/things", answer, methods=["POST"])
        app.add_api_route("/v1/things", answer, methods=["DELETE"])
        return app

    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "PATCH", "BREW"])
    def test_an_unknown_path_is_not_found(self, app: FastAPI, method: str) -> None:
        answer = client_of(app).request(method, "/v1/nothing?key=hf_abcdefghijklmnopqrstuvwxyz")

        assert answer.status_code == 404
        assert answer.headers["x-error-message"].startswith(f"There is no `{method} /v1/nothing`")
        if method != "HEAD":
            assert answer.json()["error"]["code"] == "not_found"
            assert "hf_" not in answer.text

    @pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD", "BREW"])
    def test_a_wrong_method_is_told_the_right_ones(self, app: FastAPI, method: str) -> None:
        answer = client_of(app).request(method, "/v1/things")

        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST, DELETE"
        assert "POST, DELETE" in answer.headers["x-error-message"]

    @pytest.mark.parametrize(
        "path", ["/v1/%0d%0aset-cookie:a=b", "/v1/%00", "/v1/%E2%80%A8" + "x" * 5_000]
    )
    def test_a_strange_path_is_answered_on_one_short_line(self, app: FastAPI, path: str) -> None:
        answer = client_of(app).get(path)

        assert answer.status_code == 404
        assert len(answer.headers["x-error-message"]) <= 500
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("path", ["/things", "/v1/v1/things", "/v1/things/"])
    def test_a_base_url_with_too_little_or_too_much_is_explained(
        self, app: FastAPI, path: str
    ) -> None:
        answer = client_of(app).post(path)

        assert answer.status_code == 404
        assert "Use `/v1/things`: a client's base URL" in answer.json()["error"]["message"]

    def test_what_would_not_answer_either_is_not_proposed(self, app: FastAPI) -> None:
        for method, path in (("GET", "/things"), ("POST", "/thing"), ("POST", "/v1/things/x")):
            assert "Use `" not in client_of(app).request(method, path).text
