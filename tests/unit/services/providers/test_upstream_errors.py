from datetime import UTC, datetime

import pytest
from huggingface_hub.inference._client import MODEL_KWARGS_NOT_USED_REGEX
from pydantic_core import to_json

from app.core import errors
from app.core.clock import SystemClock
from app.services.providers.upstream_errors import (
    MAX_MESSAGE_CHARACTERS,
    Refusal,
    error_from_answer,
    error_from_event,
    read_complaint,
)


class FrozenClock(SystemClock):
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def _error(status: int, body: bytes, *, retry_after: str | None = None) -> errors.UpstreamError:
    return error_from_answer("hub", Refusal(status, retry_after, body), FrozenClock())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": "Model is overloaded", "error_type": "overloaded"}', "Model is overloaded"),
        (b'{"error": {"message": "no such model", "code": "x"}}', "no such model"),
        (b'{"error": ["a", "b"], "warnings": ["w"]}', "a; b"),
        (b'{"message": "bare", "code": 429, "type": "backend"}', "bare"),
        (b'{"detail": [{"loc": ["body"], "msg": "field required"}]}', "field required"),
        (b'{"errors": [{"message": "first"}, {"message": "second"}]}', "first; second"),
        (b'["one", "two"]', "one; two"),
        (b"plain words", "plain words"),
        (b"<html><body>504</body></html>", "it answered an HTML page, so something in front"),
        (b"", "no reason given"),
        (b"{}", "no reason given"),
        (b"\xff\xfe", "\ufffd"),
    ],
)
def test_every_form_of_complaint_is_read(body: bytes, message: str) -> None:
    assert read_complaint(body).message.startswith(message)


def test_a_long_complaint_is_cut() -> None:
    assert len(read_complaint(b"x" * 10_000).message) < MAX_MESSAGE_CHARACTERS + 10


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.UpstreamRejectedError),
        (401, errors.UpstreamCredentialsError),
        (402, errors.UpstreamCreditsError),
        (403, errors.UpstreamCredentialsError),
        (404, errors.UpstreamNotFoundError),
        (408, errors.UpstreamTimeoutError),
        (410, errors.UpstreamNotFoundError),
        (413, errors.UpstreamTooLargeError),
        (422, errors.UpstreamUnprocessableError),
        (424, errors.UpstreamError),
        (429, errors.UpstreamRateLimitedError),
        (500, errors.UpstreamError),
        (502, errors.UpstreamError),
        (503, errors.UpstreamUnavailableError),
        (504, errors.UpstreamTimeoutError),
        (529, errors.UpstreamUnavailableError),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[errors.UpstreamError]) -> None:
    assert type(_error(status, b'{"error": "words"}')) is kind


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 424, 429, 500, 502, 503, 529])
def test_an_error_is_not_billed(status: int) -> None:
    assert not _error(status, b"").may_be_billed


@pytest.mark.parametrize("status", [408, 499, 504, 520, 524])
def test_who_gave_up_on_a_model_may_be_billed_for_what_it_goes_on_to_write(status: int) -> None:
    assert _error(status, b"<html>").may_be_billed


def test_an_error_in_a_stream_may_be_billed() -> None:
    assert error_from_event("hub", {"error": {"message": "x", "status": 500}}).may_be_billed


def test_a_model_that_loads_is_told_from_one_that_fails() -> None:
    loading = _error(503, b'{"error": "is loading", "estimated_time": 20.0}')

    assert isinstance(loading, errors.UpstreamLoadingError)
    assert (loading.retry_after_seconds, loading.may_be_billed) == (20.0, False)
    assert not isinstance(_error(503, b"", retry_after="7"), errors.UpstreamLoadingError)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_what_is_wrong_with_the_operators_account_is_not_told_to_callers(status: int) -> None:
    assert "user jane" not in _error(status, b'{"error": "token of user jane"}').message


def test_the_upstreams_own_code_and_parameter_are_kept_where_the_caller_can_act() -> None:
    error = {"message": "too long", "code": "context_length_exceeded", "param": "messages"}
    body = to_json({"error": error})

    rejected = _error(400, body)

    assert (rejected.code, rejected.param) == ("context_length_exceeded", "messages")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("soon", None),
        ("-3", None),
        ("9999999", None),
        ("nan", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, seconds: float | None) -> None:
    assert _error(429, b"", retry_after=value).retry_after_seconds == seconds


def test_a_loading_model_says_when_to_come_back() -> None:
    error = _error(503, b'{"error": "Model is currently loading", "estimated_time": 20.5}')

    assert error.retry_after_seconds == 20.5


def test_an_error_event_names_its_own_status() -> None:
    event = {"error": {"message": "bad grammar", "http_status_code": 422}}

    assert type(error_from_event("hub", event)) is errors.UpstreamUnprocessableError


def test_words_after_which_a_client_asks_for_ever_are_said_in_others() -> None:
    body = {"error": "The following `model_kwargs` are not used by the model: ['watermark']"}

    message = _error(400, to_json(body)).message

    assert "['watermark']" in message
    assert MODEL_KWARGS_NOT_USED_REGEX.search(message) is None
