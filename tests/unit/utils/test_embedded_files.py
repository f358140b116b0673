"""Files inside JSON become their size."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.utils.embedded_files import without_files

MUCH = 10**9


def shown(value: Any, *, escaped: bool = False) -> Any:
    """Return JSON as it is read once its files are taken out."""
    data = json.dumps(value).encode()
    return json.loads(without_files(data.replace(b"/", b"\\/") if escaped else data, MUCH).data)


@given(data=st.binary(max_size=5_000), escaped=st.booleans())
def test_a_data_url_becomes_its_kind_and_size(*, data: bytes, escaped: bool) -> None:
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"

    assert shown({"url": url}, escaped=escaped) == {"url": f"[{len(data)} bytes of image/png]"}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("data:;base64,", "[4 bytes of text/plain]"),
        ("data:image/svg+xml;charset=utf-8;base64,", "[4 bytes of image/svg+xml]"),
        ("DATA:audio/wav;BASE64,", "[4 bytes of audio/wav]"),
        ("see data:application/pdf;base64,", "see [4 bytes of application/pdf]"),
        ("data:text/plain,", None),
        ("metadata: base64,", None),
    ],
)
def test_every_form_of_a_data_url_is_found(head: str, words: str | None) -> None:
    text = f"{head}AAECAw== and more"

    assert shown([text]) == [text if words is None else f"{words} and more"]


@pytest.mark.parametrize("escaped", [False, True])
def test_a_text_that_is_nothing_but_base64_becomes_its_size(*, escaped: bool) -> None:
    sound = base64.b64encode(b"\x12" * 3_000).decode()

    found = shown({"data": sound, "format": "wav"}, escaped=escaped)

    assert found == {"data": "[3000 bytes of base64]", "format": "wav"}


@pytest.mark.parametrize("text", ["word" * 200, "word " * 1_000, "word" * 1_000 + "!", ""])
def test_other_texts_stay(text: str) -> None:
    assert shown({"text": text}) == {"text": text}


def test_what_follows_a_file_is_kept_though_the_file_is_beyond_the_bound() -> None:
    url = "data:image/png;base64," + "A" * 4_000_000
    data = json.dumps([url, "the question"]).encode()

    kept = without_files(data, 100)

    assert json.loads(kept.data) == ["[3000000 bytes of image/png]", "the question"]
    assert kept.is_cut is False


@given(text=st.text(), files=st.integers(0, 3), limit=st.integers(0, 300))
def test_the_bound_is_kept_and_whether_something_is_missing_is_told(
    text: str, files: int, limit: int
) -> None:
    data = json.dumps([text] + ["data:a/b;base64,AAAA"] * files).encode()
    whole = without_files(data, MUCH)

    kept = without_files(data, limit)

    assert len(kept.data) <= limit
    assert whole.is_cut is False
    if kept.is_cut:
        assert len(kept.data) == limit
    else:
        assert kept.data == whole.data
