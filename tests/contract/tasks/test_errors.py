"""What goes wrong with a task arrives as an exception of the Python client, in words."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from huggingface_hub.errors import BadRequestError, HfHubHTTPError, OverloadedError, ValidationError

from app.simulator.tasks.files import wav
from tests.contract.keys import with_one_call, without_money
from tests.contract.tasks.asking import IMAGE, TEXT

# The async client itself does what httpx2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")


def calling(method: str, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
    """Return what calls a method of a client."""
    return lambda client: getattr(client, method)(*args, **kwargs)


class Refusal(NamedTuple):
    """A call that is refused."""

    status: int
    words: str
    ask: Callable[[Any], Any]  # of a client: the answer, or what to await for it
    path: str = "org/fill-mask"


REFUSALS = {
    "a task that nobody knows": Refusal(
        400, "Nobody says which task", calling("fill_mask", TEXT), "org/any"
    ),
    "another task": Refusal(
        400,
        "does fill-mask, not translation",
        calling("translation", TEXT),
        "org/fill-mask/pipeline/translation",
    ),
    "no labels": Refusal(
        400,
        "`parameters.candidate_labels`",
        calling("zero_shot_classification", TEXT, []),
        "org/zero-shot-classification",
    ),
    "a bad parameter": Refusal(
        400,
        "`parameters.top_k`",
        calling("fill_mask", "A [MASK]", top_k="many"),
    ),
    "a picture for a sound": Refusal(
        400,
        "must be audio",
        calling("audio_classification", IMAGE),
        "org/audio-classification",
    ),
    "a sound for a picture": Refusal(
        400, "must be an image", calling("image_to_text", wav(1)), "org/image-to-text"
    ),
    "no file": Refusal(400, "body is missing", calling("image_to_text", b""), "org/image-to-text"),
    "a model that is gone": Refusal(
        404, "Model not found", calling("fill_mask", "A [MASK]"), "sim/not-found"
    ),
    "what an upstream finds wrong": Refusal(
        422, "", calling("fill_mask", "A [MASK]"), "sim/invalid"
    ),
    "an upstream that fails": Refusal(
        503, "not available", calling("fill_mask", "A [MASK]"), "sim/status-503"
    ),
}
every_refusal = pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)


def url_of(gateway_url: str, refusal: Refusal) -> str:
    task = "/pipeline/fill-mask" if refusal.path.startswith("sim/") else ""
    return f"{gateway_url}/hf-inference/models/{refusal.path}{task}"


def assert_readable(error: HfHubHTTPError, status: int, words: str) -> None:
    """Check what a program and its user see."""
    said = str(error.server_message)
    assert error.response.status_code == status
    assert isinstance(error, BadRequestError) is (status == 400)
    assert words in said
    assert words in str(error)
    assert said[0] not in "{["
    assert "\n" not in said
    assert "Traceback" not in str(error)


@every_refusal
def test_an_error_is_told_in_words(gateway_url: str, secret: str, refusal: Refusal) -> None:
    client = InferenceClient(base_url=url_of(gateway_url, refusal), api_key=secret)

    with pytest.raises(HfHubHTTPError) as raised:
        refusal.ask(client)

    assert_readable(raised.value, refusal.status, refusal.words)


@every_refusal
async def test_an_error_of_the_async_client_is_too(
    gateway_url: str, secret: str, refusal: Refusal
) -> None:
    url = url_of(gateway_url, refusal)
    async with AsyncInferenceClient(base_url=url, api_key=secret) as client:
        with pytest.raises(HfHubHTTPError) as raised:
            await refusal.ask(client)

    assert_readable(raised.value, refusal.status, refusal.words)


@pytest.mark.parametrize(
    ("key", "words"),
    [("mh_not_a_key", "key"), ("hf_own", "That is a Hugging Face key. Use a Meterhouse key")],
)
def test_a_wrong_key_is_refused_in_words(gateway_url: str, key: str, words: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/fill-mask"

    with pytest.raises(HfHubHTTPError) as raised:
        InferenceClient(base_url=url, api_key=key).fill_mask("A [MASK]")

    assert_readable(raised.value, 401, words)


def test_a_budget_that_is_spent_is_told_in_words(gateway_url: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/fill-mask"
    client = InferenceClient(base_url=url, api_key=without_money(gateway_url, "poor"))

    with pytest.raises(HfHubHTTPError) as raised:
        client.fill_mask("A [MASK]")

    assert_readable(raised.value, 402, "budget")


def test_too_many_calls_are_told_in_words(gateway_url: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/fill-mask"
    client = InferenceClient(base_url=url, api_key=with_one_call(gateway_url, "hurried"))

    assert client.fill_mask("A [MASK]")
    with pytest.raises(HfHubHTTPError) as raised:
        client.fill_mask("A [MASK]")

    assert_readable(raised.value, 429, "minute")
    assert int(raised.value.response.headers["retry-after"]) > 0


def test_what_is_wrong_with_a_text_to_continue_has_its_own_exception(
    gateway_url: str, secret: str
) -> None:
    url = f"{gateway_url}/hf-inference/models"
    bad: Any = {"temperature": "warm"}

    with pytest.raises(ValidationError, match=r"`parameters\.temperature`"):
        InferenceClient(base_url=f"{url}/org/text-generation", api_key=secret).text_generation(
            TEXT, **bad
        )
    client = InferenceClient(
        base_url=f"{url}/sim/status-503/pipeline/text-generation", api_key=secret
    )
    with pytest.raises(OverloadedError, match="not available"):
        client.text_generation(TEXT)
