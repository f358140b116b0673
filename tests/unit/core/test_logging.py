"""What the log looks like, and what it cannot be made to say."""

import errno
import io
import json
import logging
from collections.abc import Generator, Mapping
from typing import Any, Literal

import pytest
import structlog
from hypothesis import given, strategies as st

from app.core.config import Settings
from app.core.logging import configure

SECRET = "hf_abcdefghijklmnopqrstuvwxyzABCDEF"
Format = Literal["auto", "terminal", "json"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def configured(
    log_format: Format = "json", *, terminal: bool = False, **changes: Any
) -> io.StringIO:
    stream = Terminal() if terminal else io.StringIO()
    configure(Settings(log_format=log_format, **changes), stream=stream)
    return stream


@pytest.fixture(autouse=True)
def _put_back() -> Generator[None]:
    yield
    configure(Settings(log_format="json"))


def fail(why: str) -> None:
    kept_in_a_variable = "hunter" + "2"
    raise ValueError(why[: 10 * len(kept_in_a_variable) * len(why)])


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_level_and_time() -> None:
    stream = configured()

    structlog.get_logger().info("key_revoked", key_id="key_1")

    (event,) = lines(stream)
    assert (event["event"], event["level"], event["key_id"]) == ("key_revoked", "info", "key_1")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("log_format", "terminal", "is_json"),
    [
        ("auto", False, True),
        ("auto", True, False),
        ("json", True, True),
        ("terminal", False, False),
    ],
)
def test_json_unless_somebody_is_reading(
    log_format: Format, *, terminal: bool, is_json: bool
) -> None:
    stream = configured(log_format, terminal=terminal)

    structlog.get_logger().info("hello")

    assert stream.getvalue().startswith("{") is is_json


def test_levels_below_the_chosen_one_are_left_out() -> None:
    stream = configured(log_level="warning")

    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    logging.getLogger("a.library").error("louder")

    assert [event["event"] for event in lines(stream)] == ["loud", "louder"]


def test_libraries_speak_only_when_something_is_wrong() -> None:
    stream = configured(log_level="info")

    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("httpx2").info("HTTP Request: GET http://user:password@host")
    logging.getLogger("uvicorn.access").warning("never: ours is the access log")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")

    assert [event["event"] for event in lines(stream)] == ["Invalid HTTP request received."]


def test_debugging_shows_what_libraries_do() -> None:
    stream = configured(log_level="debug")

    logging.getLogger("a.library").debug("Connecting with %s", SECRET)

    assert lines(stream)[0]["event"] == "Connecting with hf_[redacted]"


@pytest.mark.parametrize("log_format", ["json", "terminal"])
@pytest.mark.parametrize("through", ["structlog", "logging"])
def test_an_exception_is_told_without_secrets_and_local_variables(
    log_format: Format, through: str
) -> None:
    stream = configured(log_format)

    try:
        fail(f"refused: {SECRET}")
    except ValueError:
        if through == "structlog":
            structlog.get_logger().exception("it_failed")
        else:
            logging.getLogger("a.library").exception("it_failed")

    text = stream.getvalue()
    assert "ValueError: refused: hf_[redacted]" in text
    assert "Traceback" in text
    assert SECRET not in text
    assert "hunter2" not in text


@given(text=st.text(), name=st.text(st.characters(categories=["L", "Nd"]), min_size=1))
def test_no_text_breaks_out_of_its_json_line(text: str, name: str) -> None:
    stream = configured()

    structlog.get_logger().info("said", **{f"x{name}": text, "nested": {name: [text]}})
    logging.getLogger("a.library").warning("%s", text)

    assert len(stream.getvalue().splitlines()) == 2
    assert stream.getvalue().isascii()


@given(text=st.text())
def test_no_text_breaks_out_of_its_terminal_line(text: str) -> None:
    stream = configured("terminal")

    structlog.get_logger().info(text, more=text)

    assert len(stream.getvalue().splitlines()) == 1


def test_the_lines_of_a_traceback_cannot_pass_for_events() -> None:
    stream = configured("terminal")

    try:
        fail("first\n12:00:00 [info] a forged event\x1b[2J")
    except ValueError:
        structlog.get_logger().exception("it_failed")

    first, *rest = stream.getvalue().rstrip("\n").split("\n")
    assert "it_failed" in first
    assert all(line.startswith("  | ") for line in rest)
    assert "\x1b[2J" not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "terminal"])
def test_secrets_are_hidden_by_field_and_by_form(log_format: Format) -> None:
    stream = configured(log_format)

    structlog.get_logger().info(
        "called",
        authorization="Basic abc",
        headers=[(b"cookie", b"session=abcdef")],
        url=f"https://me:{SECRET}@host/",
        note=f"with {SECRET}",
    )

    text = stream.getvalue()
    assert not any(part in text for part in ("Basic abc", "abcdef", "me:"))
    assert text.count("[redacted]") == 4


def test_configuring_again_replaces_and_does_not_add() -> None:
    first = configured()
    second = configured()

    logging.getLogger("a.library").warning("once")

    assert (first.getvalue(), len(lines(second))) == ("", 1)


def test_other_handlers_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    configured()

    logging.getLogger("a.library").warning("seen by both")

    assert "seen by both" in caplog.text


class FullDisk(io.StringIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_fails_nobody() -> None:
    configure(Settings(log_format="json"), stream=FullDisk())

    structlog.get_logger().warning("ledger_stalled")
    logging.getLogger("sqlalchemy").warning("slow")


def test_a_log_that_is_closed_fails_nobody_who_says_something() -> None:
    stream = configured()
    stream.close()

    structlog.get_logger().warning("ledger_stalled")


def test_a_closed_stream_fails_nobody() -> None:
    stream = configured()
    stream.close()

    logging.getLogger("a.library").warning("into the void")


def test_what_the_context_knows_is_in_every_line() -> None:
    stream = configured()

    with structlog.contextvars.bound_contextvars(request_id="req_1"):
        structlog.get_logger().info("inside")

    assert lines(stream)[0]["request_id"] == "req_1"


ANSWERED: Mapping[str, Any] = {
    "method": "POST",
    "route": "/v1/chat/completions",
    "status": 200,
    "ms": 1.5,
    "request_id": "req_1",
}


def test_the_line_of_a_request_is_the_same_whichever_way_it_was_written() -> None:
    stream = configured()
    log = structlog.get_logger()

    log.info("request_answered", **ANSWERED)
    log.info("request_answered", **ANSWERED, more=None)  # nobody's shortcut
    log.info("request_answered", **{**ANSWERED, "method": '"}'})
    log.info("request_answered", **{**ANSWERED, "status": None})

    quick, slow, odd, unanswered = lines(stream)
    assert quick.keys() == slow.keys() - {"more"}
    assert quick["timestamp"][:13] == slow["timestamp"][:13]
    assert len(quick["timestamp"]) == len(slow["timestamp"])
    assert {**slow, **quick} == {**slow, "timestamp": quick["timestamp"]}
    assert (odd["method"], unanswered["status"]) == ('"}', None)


def test_only_the_line_of_a_request_without_foreign_words_is_not_looked_through() -> None:
    stream = configured()

    structlog.get_logger().info("request_answered", **{**ANSWERED, "route": SECRET})
    structlog.get_logger().info("request_answered", **ANSWERED, error=SECRET)
    structlog.get_logger().info("something_else", route=SECRET)
    logging.getLogger("a.library").warning("request_answered %s", SECRET)

    own, *foreign = lines(stream)
    assert own["route"] == SECRET
    assert SECRET not in str(foreign)
    assert len(foreign) == 3
