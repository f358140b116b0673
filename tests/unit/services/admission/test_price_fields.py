from collections.abc import Sequence
from typing import Any, Final

import pytest

from app.core.errors import PriceUnknownError
from app.services.admission.price_fields import refuse_unpriced_fields

UNPRICED: Final[Sequence[tuple[str, Any]]] = (
    ("service_tier", "priority"),
    ("service_tier", []),
    ("speed", "fast"),
    ("inference_geo", "us"),
    ("web_search_options", {}),
    ("web_search", True),
    ("search_parameters", {"mode": "on"}),
    ("search_options", {"forced_search": True}),
    ("search_settings", {"include_domains": []}),
    ("enable_search", True),
    ("data_sources", [{"type": "azure_search"}]),
    ("plugins", [{"id": "web"}]),
    ("models", ["dearer/m"]),
    ("fallbacks", ["dearer/m"]),
    ("preset", "@preset/dearer"),
    ("provider", {"order": ["dear"]}),
    ("route", "fallback"),
    ("transforms", ["middle-out"]),
    ("extra_body", {"google": {}}),
    ("google", {"cached_content": "cachedContents/1"}),
    ("cached_content", "cachedContents/1"),
    ("cache_control", {"type": "ephemeral"}),
    ("prompt_cache_options", {"ttl": "1h"}),
    ("prompt_cache_retention", "24h"),
    ("prediction", {"type": "content", "content": "x"}),
    ("modalities", ["text", "audio"]),
    ("modalities", ["image"]),
    ("audio", {"voice": "alloy", "format": "wav"}),
    ("image_config", {"image_size": "4K"}),
    ("best_of", 2),
    ("tools", [{"type": "web_search"}]),
    ("tools", [{"type": "function"}, {"type": "openrouter:web_search"}]),
    ("tools", [{"type": []}]),
    ("tools", [{"type": {}}]),
    ("tools", [{"type": None}]),
)


@pytest.mark.parametrize(("name", "value"), UNPRICED)
def test_what_no_price_list_knows_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(PriceUnknownError) as refusal:
        refuse_unpriced_fields({"messages": [], name: value})

    assert refusal.value.param == name


@pytest.mark.parametrize(
    "fields",
    [
        {"service_tier": "auto", "best_of": 1, "modalities": ["text"]},
        {"enable_search": False, "web_search": False, "prompt_cache_retention": "in_memory"},
        {"web_search_options": None, "provider": None, "tools": None, "modalities": None},
        {"tools": [{"type": "function"}, {"type": "custom"}, {"function": {"name": "f"}}]},
        {"reasoning_effort": "high", "prompt_cache_key": "k", "verbosity": "low", "seed": 1},
    ],
)
def test_what_costs_what_its_tokens_cost_passes(fields: dict[str, Any]) -> None:
    refuse_unpriced_fields({"messages": [{"role": "user", "content": "Hi"}], **fields})


@pytest.mark.parametrize("mark", ["cache_control", "prompt_cache_breakpoint"])
def test_a_mark_of_what_is_to_be_cached_is_refused_where_it_stands(mark: str) -> None:
    part = {"type": "text", "text": "Hi", mark: {"type": "ephemeral"}}
    messages = [{"role": "user", "content": "Hi"}, {"role": "user", "content": [part]}]
    tools = [{"type": "function", mark: {"type": "ephemeral"}}]

    for payload, param in (
        ({"messages": messages}, "messages.1.content.0"),
        ({"messages": [], "tools": tools}, "tools.0"),
    ):
        with pytest.raises(PriceUnknownError, match=mark) as refusal:
            refuse_unpriced_fields(payload)

        assert refusal.value.param == param
