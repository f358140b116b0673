import json
from typing import Any

import pytest

from app.core.gateway_models import ModelBounds
from app.services.admission.bounds import TEMPLATE_TOKENS, Bound, bound_of
from app.services.prices.quote import UNKNOWN_CONTEXT, Context

TERMS = ModelBounds(
    default_max_output=4_096, image_tokens=1_000, audio_tokens=3_000, file_tokens=20_000
)
BYTES = 100  # of the bodies here


def _bound(
    *parts: dict[str, Any], context: Context = UNKNOWN_CONTEXT, bytes_: int = BYTES, **fields: Any
) -> Bound:
    payload = {"messages": [{"role": "user", "content": list(parts)}], **fields}
    return bound_of(payload, bytes_, TERMS, context)


def _parts_tokens(*parts: dict[str, Any]) -> int:
    return _bound(*parts).input_tokens - BYTES - TEMPLATE_TOKENS


@pytest.mark.parametrize(
    ("part", "tokens"),
    [
        ({"type": "text", "text": "Hi"}, 0),
        ({"type": "refusal", "refusal": "No"}, 0),
        ({"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, 0),
        ({"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}, 1_000 - 20),
        ({"type": "image_url", "image_url": "https://x.test/a.png"}, 1_000),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, 3_000 - 4),
        ({"type": "file", "file": {"file_id": "file_1"}}, 20_000),
        ({"type": "video_url", "video_url": {"url": "https://x.test/a.mp4"}}, 20_000),
        ({"type": "input_image", "image_url": "https://x.test/a.png"}, 20_000),
        ({"image_url": {"url": "https://x.test/a.png"}}, 20_000),
        ({"type": ["text"], "text": "Hi"}, 20_000),
        ({"type": "Text", "text": "Hi"}, 20_000),
    ],
)
def test_whatever_is_not_plainly_text_has_a_bound_of_its_own(
    part: dict[str, Any], tokens: int
) -> None:
    assert _parts_tokens(part) == tokens
    assert _parts_tokens({"type": "text", "text": "Hi"}, part, part) == 2 * tokens


def test_a_part_is_what_it_says_however_it_is_spelled() -> None:
    spelled = (
        rb'{"messages": [{"role": "user", "content":'
        rb' [{"type": "image\u005furl", "image\u005furl": {"url": "https://x.test/a.png"}}]}]}'
    )

    bound = bound_of(json.loads(spelled), len(spelled), TERMS, UNKNOWN_CONTEXT)

    assert bound.input_tokens == len(spelled) - 20 + 1_000 + TEMPLATE_TOKENS


@pytest.mark.parametrize(
    ("beside", "tokens"),
    [
        ({"audio": {"id": "audio_1"}}, 3_000),
        ({"audio": None, "images": None}, 0),
        ({"images": [{"type": "image_url"}, {"type": "image_url"}]}, 2_000),
    ],
)
def test_what_stands_beside_the_text_of_a_message_counts_too(
    beside: dict[str, Any], tokens: int
) -> None:
    message = {"role": "assistant", "content": "Hi", **beside}

    bound = bound_of({"messages": [message]}, BYTES, TERMS, UNKNOWN_CONTEXT)

    assert bound.input_tokens == BYTES + TEMPLATE_TOKENS + tokens


def test_what_goes_in_is_at_most_what_the_largest_place_can_hold() -> None:
    context = Context(smallest=8_192, largest=131_072)

    assert _bound(bytes_=100_000, context=context).input_tokens == 100_000 + TEMPLATE_TOKENS
    assert _bound(bytes_=200_000, context=context).input_tokens == 131_072
    unknown = Context(smallest=8_192, largest=None)
    assert _bound(bytes_=200_000, context=unknown).input_tokens == 200_000 + TEMPLATE_TOKENS


def test_a_cap_of_ours_leaves_room_in_the_smallest_place() -> None:
    context = Context(smallest=8_192, largest=131_072)

    assert _bound(context=context).cap == 4_096
    assert _bound(bytes_=24_768, context=context).cap == 2_000
    assert _bound(bytes_=100_000, context=context).cap == 1


@pytest.mark.parametrize(
    ("caps", "cap"),
    [
        ({"max_tokens": 10}, 10),
        ({"max_completion_tokens": 10}, 10),
        ({"max_tokens": 10, "max_completion_tokens": 300}, 300),
        ({"max_tokens": None, "max_completion_tokens": 20}, 20),
        ({"max_tokens": 9_000_000}, 131_072),
    ],
)
def test_a_cap_of_the_caller_holds_for_each_answer(caps: dict[str, Any], cap: int) -> None:
    bound = _bound(n=3, context=Context(smallest=8_192, largest=131_072), **caps)

    assert (bound.cap, bound.output_tokens) == (cap, 3 * cap)
