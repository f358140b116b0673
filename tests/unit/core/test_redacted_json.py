"""Secrets in JSON that is a text: by name, by looks, behind escapes, cut in two."""

import json
import string
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.core.redacted_json import redact_json
from app.core.redaction import HIDDEN, redact_beginning, redact_whole, secrets_in

BASE62 = string.ascii_letters + string.digits
secrets = st.one_of(
    *(
        st.text(BASE62, min_size=32, max_size=48).map(f"{prefix}{{}}".format)
        for prefix in ("mh_", "hf_", "sk-", "whsec_", "Bearer ")
    )
)


def shown(value: Any) -> Any:
    return json.loads(redact_json(json.dumps(value)))


@given(
    before=st.text(st.characters(exclude_categories=["L", "N", "Cs"]), max_size=5), secret=secrets
)
def test_a_secret_is_found_behind_every_escape(before: str, secret: str) -> None:
    document = json.dumps({"content": f"{before}{secret}"})

    assert secret[8:] not in redact_json(document)
    assert secret[8:] not in redact_json(json.dumps(document))  # a text in a text


@pytest.mark.parametrize("escape", ["\n", "\t", "\r", "\b", "\f", "\x01", "é", '"', "\\"])
def test_a_line_break_before_a_secret_does_not_hide_it(escape: str) -> None:
    secret = "hf_" + "aB3" * 8

    assert shown([f"x{escape}{secret}"]) == [f"x{escape}hf_{HIDDEN}"]


def test_a_part_of_a_longer_word_is_no_secret() -> None:
    text = "a-risk-taking-and-very-long-word task-0123456789012345678"

    assert shown([text]) == [text]


def test_who_logs_in_is_taken_out_of_urls_with_escaped_slashes() -> None:
    document = '{"url": "https:\\/\\/me:pa55@example.com", "a": "Bearer abc\\/def\\/ghi=="}'

    found = json.loads(redact_json(document))

    assert found == {"url": f"https://{HIDDEN}@example.com", "a": f"Bearer {HIDDEN}"}


@pytest.mark.parametrize("value", ["short", 'with "quotes"', "back\\slash", "a\nb", "ö"])
@pytest.mark.parametrize("name", ["password", "api_key", "Authorization", "x-api-key", "token"])
def test_a_text_that_is_named_as_a_secret_is_blotted_out(name: str, value: str) -> None:
    assert shown({"a": {name: value}, "b": "stays"}) == {"a": {name: HIDDEN}, "b": "stays"}


def test_names_are_read_in_json_that_is_a_text() -> None:
    arguments = {"password": "hunter2", "user": "me"}

    found = shown({"arguments": json.dumps(arguments)})

    assert json.loads(found["arguments"]) == {"password": HIDDEN, "user": "me"}


@pytest.mark.parametrize(
    "document",
    [
        {"max_tokens": 5, "token": 7, "password": None, "secret": {"type": "string"}},
        {"required": ["token", "password"], "tokens": "12", "password": ""},
        {"content": 'the token: "cat"'},
    ],
)
def test_other_values_stay(document: Any) -> None:
    assert shown(document) == document


@given(secret=secrets, at=st.integers(1, 60))
def test_no_piece_of_a_secret_is_left_at_a_cut(secret: str, at: int) -> None:
    text = f'{{"content": "say {secret}'
    cut = text[: len(text) - at]

    left = redact_json(cut, is_cut=True)

    own = secret.removeprefix("Bearer ")[6:]
    assert not any(own[:length] in left for length in range(4, len(own)))


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ("go to https://me:pa55", "go to https"),
        ("it is Bearer abc", "it is "),
        ("key hf_12", "key "),
        ("key hf_" + "a" * 20, f"key hf_{HIDDEN}"),
        ("https://example.com/a", "https://example.com/a"),
        ("nothing at all", "nothing at all"),
    ],
)
def test_what_may_be_a_secret_goes_from_the_end_of_a_beginning(cut: str, left: str) -> None:
    assert redact_beginning(cut) == left


def test_a_whole_text_is_not_bounded() -> None:
    text = "x " * 100_000

    assert redact_whole(f"{text}hf_{'a' * 20}") == f"{text}hf_{HIDDEN}"


def test_where_secrets_are_is_told() -> None:
    text = f"a hf_{'a' * 20} b Bearer {'c' * 10} sk-1"

    whole = {text[begin:end] for begin, end in secrets_in(text, is_cut=False)}
    cut = {text[begin:end] for begin, end in secrets_in(text, is_cut=True)}

    assert whole == {f"hf_{'a' * 20}", f"Bearer {'c' * 10}"}
    assert cut - whole == {"sk-1"}
