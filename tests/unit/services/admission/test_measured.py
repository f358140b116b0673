"""A call that asks for its turn again and again is measured once."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.core.errors import PriceUnknownError
from app.core.gateway_models import ModelBounds
from app.services.admission.measured import Measured
from app.services.call import Call
from app.services.prices.quote import Context
from app.services.principals import Principal, Scope

TERMS, CONTEXT = ModelBounds(), Context()
WHO = Principal("key_1", "ci", frozenset(Scope))


class Payload(Mapping[str, Any]):
    """A body that knows how often it was looked into."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self.looks = 0

    def __getitem__(self, name: str) -> Any:
        self.looks += 1
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def call(payload: Mapping[str, Any]) -> Call:
    return Call("req_1", None, WHO, "chat-completion", "m", payload, b"{}", stream=False)


def test_a_call_is_measured_once() -> None:
    payload = Payload(messages=[{"role": "user", "content": "Hello"}])
    measured = Measured(call(payload))
    first = measured.bound(TERMS, CONTEXT, is_metered=False)
    measured.refuse_unpriced_fields()
    looks = payload.looks

    assert measured.bound(TERMS, CONTEXT, is_metered=False) is first
    measured.refuse_unpriced_fields()
    assert payload.looks == looks > 0


def test_a_call_is_measured_again_where_other_terms_hold() -> None:
    measured = Measured(call({"messages": []}))
    first = measured.bound(TERMS, CONTEXT, is_metered=False)

    other = measured.bound(ModelBounds(default_max_output=7), CONTEXT, is_metered=False)
    written_anew = measured.bound(TERMS, CONTEXT, is_metered=True)

    assert (first.cap, other.cap, written_anew.cap) == (4096, 7, 4096)
    assert first.input_tokens < written_anew.input_tokens


def test_a_field_without_a_price_is_refused_each_time() -> None:
    measured = Measured(call({"messages": [], "service_tier": "priority"}))

    for _ in range(2):
        with pytest.raises(PriceUnknownError):
            measured.refuse_unpriced_fields()
