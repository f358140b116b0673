"""No secret, and no second line, gets out."""

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st
from pydantic import SecretStr

from app.core.redaction import HIDDEN, is_secret_name, one_line, redact, redact_text

BASE62 = string.ascii_letters + string.digits
secrets = st.one_of(
    *(
        st.text(BASE62, min_size=32, max_size=48).map(f"{prefix}{{}}".format)
        for prefix in ("mh_", "hf_", "sk-", "sk-proj-", "whsec_")
    )
)
around = st.text(st.characters(blacklist_categories=["L", "N", "Cs"]), max_size=20)
SECRET_NAMES = (
    "authorization", "Authorization", "proxy_authorization", "cookie", "Set-Cookie", "password",
    "token", "hf_token", "api_key", "apiKey", "x-api-key", "admin_key", "key_pepper", "secret",
    "client_secret", "credentials", "access_key",
)  # fmt: skip


@given(before=around, secret=secrets, after=around)
def test_what_looks_like_a_key_is_blotted_out_of_any_text(
    before: str, secret: str, after: str
) -> None:
    shown = redact_text(f"{before}{secret}{after}")

    assert secret[8:] not in shown
    assert HIDDEN in shown


@given(
    secret=st.text(BASE62 + "-._~+/=", min_size=8, max_size=60),
    scheme=st.sampled_from(["Bearer", "bearer", "BEARER"]),
)
def test_a_bearer_of_any_form_is_blotted_out(secret: str, scheme: str) -> None:
    assert redact_text(f"authorization: {scheme} {secret}") == f"authorization: {scheme} {HIDDEN}"


@given(user=st.text(BASE62, min_size=1), password=st.text(BASE62 + ":!$%", min_size=1))
def test_a_url_loses_who_logs_in(user: str, password: str) -> None:
    shown = redact_text(f"GET https://{user}:{password}@example.com/path failed")

    assert shown == f"GET https://{HIDDEN}@example.com/path failed"


@pytest.mark.parametrize(
    "text",
    [
        "Send `Authorization: Bearer mh_...`, a Meterhouse key.",
        "HF_TOKEN is not set",
        "hf_inference answers",
        "a risk-free-and-very-long-word",
        "max_tokens is 12, prompt_tokens 3",
        "mail me@example.com",
        "https://example.com/a?b=c@d",
        "the bearer of news",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact_text(text) == text


Wrap = Callable[[Any], Any]
WRAPS: tuple[Wrap, ...] = (
    lambda inner: [inner],
    lambda inner: {"field": inner},
    lambda inner: (None, "more", inner),
    lambda inner: {"more": [7, {inner: inner} if isinstance(inner, str) else inner]},
)


@given(
    secret=secrets,
    form=st.sampled_from((str, str.encode, ValueError)),
    wraps=st.lists(st.sampled_from(WRAPS), max_size=4),
)
def test_a_secret_is_found_wherever_it_hides(
    secret: str, form: Callable[[str], Any], wraps: list[Wrap]
) -> None:
    hidden = form(secret)
    for wrap in wraps:
        hidden = wrap(hidden)

    assert secret[8:] not in repr(redact(hidden))


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_field_that_is_named_as_a_secret_shows_nothing(name: str) -> None:
    assert redact({"outer": {name: "short"}}) == {"outer": {name: HIDDEN}}
    assert redact([[name, "short"]]) == [[name, HIDDEN]]
    assert redact([(name.encode(), b"short")]) == [[name, HIDDEN]]


@pytest.mark.parametrize(
    "name", ["tokens", "tokens_in", "key_id", "keyboard", "model", "secretary"]
)
def test_other_names_show_their_value(name: str) -> None:
    assert not is_secret_name(name)


def test_a_secret_type_never_shows_its_value() -> None:
    assert "short" not in repr(redact({"value": SecretStr("short")}))


def test_what_contains_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert "..." in repr(redact(endless))


def test_a_huge_value_is_cut() -> None:
    shown = redact({"text": "x" * 10_000_000, "items": list(range(10_000)), 5: "five"})

    assert len(shown["text"]) < 20_000
    assert len(shown["items"]) == 100
    assert shown["5"] == "five"


@given(st.text())
def test_one_line_is_one_line_and_loses_no_ordinary_character(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    if text.isprintable():
        assert line == text
