"""Nothing odd in a URL reaches an upstream."""

import pytest
from hypothesis import given, strategies as st

from app.core.tasks.model_ids import is_model_id
from tests.integration.tasks.asking import Gateway


@pytest.mark.parametrize("odd", ["../x", "org/x/y", "org/x y", "a\r\nb", "", "hub/../x"])
def test_an_odd_model_in_a_body_is_refused_and_never_sent(gateway: Gateway, odd: str) -> None:
    seen = gateway.seen()

    answer = gateway.post("/v1/tasks/fill-mask", {"model": odd, "inputs": "A [MASK]"})

    assert answer.status_code == 400
    assert gateway.seen() == seen


def test_a_slash_may_be_escaped(gateway: Gateway) -> None:
    path = "/hf-inference/models/org%2Ffill-mask"

    assert gateway.post(path, {"inputs": "A [MASK]"}).status_code == 200


@pytest.mark.parametrize("good", ["gpt2", "org/fill-mask", "a.b-c_d/e.F-1", "org/x:hf-inference"])
def test_an_ordinary_id_is_one(good: str) -> None:
    assert is_model_id(good)


@given(st.text())
def test_what_is_an_id_stays_inside_of_a_path(text: str) -> None:
    if is_model_id(text):
        assert text.isascii()
        assert not {"", ".", ".."} & set(text.partition(":")[0].split("/"))
        assert text.count("/") <= 1
