"""`examples/route_huggingface_hub.py`: every call of a model goes through, and nothing past it."""

from collections.abc import Generator
from typing import Any, Final

import pytest
from huggingface_hub import (
    AsyncInferenceClient,
    HfApi,
    InferenceClient,
    set_async_client_factory,
    set_client_factory,
)
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import _http  # pyright: ignore[reportPrivateUsage] - its defaults

from app.core.tasks.catalogue import TASKS
from examples import route_huggingface_hub as example
from tests.contract.tasks.asking import CASES, TEXT, Case
from tests.contract.tasks.recording import Left
from tests.support.hugging_face import async_chat, async_stream, chat, stream

# The async client itself does what httpx2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
every_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.task}-{place}" for place, case in enumerate(CASES)]
)
OWN_TOKEN: Final = "hf_of_the_caller_alone"
CHATTY: Final = "org/text-generation"
HELD_BACK: Final = "would leave the gateway"


@pytest.fixture
def left(gateway_url: str, secret: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Left]:
    """Route all clients, and check afterwards that nothing went elsewhere or named another key."""
    requests = Left()
    monkeypatch.setenv("HF_TOKEN", OWN_TOKEN)
    monkeypatch.setattr(example, "Client", requests.client)
    monkeypatch.setattr(example, "AsyncClient", requests.async_client)
    example.route_huggingface_hub(gateway_url, secret)
    yield requests
    set_client_factory(_http.default_client_factory)
    set_async_client_factory(_http.default_async_client_factory)
    assert requests.hosts <= {gateway_url}
    assert requests.credentials <= {f"Bearer {secret}"}
    assert not requests.says(OWN_TOKEN)


@every_case
def test_a_model_named_at_the_call_is_asked_through_the_gateway(left: Left, case: Case) -> None:
    found = case.ask(InferenceClient(), model=f"org/{case.task}")

    assert case.show(found) == case.answer
    assert left.requests[-1].url.path.startswith(f"/hf-inference/models/org/{case.task}")


@every_case
async def test_so_it_is_of_an_async_client(left: Left, case: Case) -> None:
    async with AsyncInferenceClient(provider="hf-inference") as client:
        found = await case.ask(client, model=f"org/{case.task}")

    assert case.show(found) == case.answer
    assert left.requests[-1].url.path.startswith(f"/hf-inference/models/org/{case.task}")


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.task)
def test_the_model_of_a_client_is_asked_through_the_gateway(left: Left, case: Case) -> None:
    client = InferenceClient(model=f"org/{case.task}", token="hf_another", bill_to="somebody")

    assert case.show(case.ask(client)) == case.answer
    assert not left.says("hf_another")


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.task)
def test_without_a_model_it_is_the_one_that_the_gateway_recommends(left: Left, case: Case) -> None:
    assert case.show(case.ask(InferenceClient())) == case.answer
    assert TASKS[case.task].example in left.requests[-1].url.path


@pytest.mark.parametrize("provider", ["auto", "hf-inference"])
async def test_chats_go_through_whole_and_in_pieces(left: Left, provider: Any) -> None:
    client = InferenceClient(provider=provider)
    whole, pieces = chat(client, TEXT, model=CHATTY), list(stream(client, TEXT, model=CHATTY))
    async with AsyncInferenceClient(provider=provider) as other:
        later = await async_chat(other, TEXT, model=CHATTY)
        flow = [piece async for piece in await async_stream(other, TEXT, model=CHATTY)]

    said = whole.choices[0].message.content
    assert TEXT in str(said)
    assert later.choices[0].message.content == said
    for some in (pieces, flow):
        words = [piece.choices[0].delta.content or "" for piece in some if piece.choices]
        assert "".join(words) == said
    assert len([one for one in left.requests if one.method == "POST"]) == 4


def test_what_a_gateway_says_of_a_model_is_asked_of_it(left: Left, gateway_url: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/fill-mask"

    assert InferenceClient(model=url, provider="hf-inference").health_check()
    client = InferenceClient(model="org/fill-mask", provider="hf-inference")
    assert client.get_endpoint_info()["task"] == "fill-mask"
    assert HfApi().model_info("org/fill-mask").pipeline_tag == "fill-mask"
    assert len(left.requests) == 3


async def test_an_error_is_told_in_words(left: Left) -> None:
    with pytest.raises(HfHubHTTPError) as raised:
        chat(InferenceClient(), model="sim/not-found")
    async with AsyncInferenceClient() as client:
        with pytest.raises(HfHubHTTPError) as later:
            await async_stream(client, model="sim/not-found")

    for error in (raised.value, later.value):
        assert error.response.status_code == 404
        assert "Model not found" in str(error.server_message)
    assert len(left.requests) == 2


@pytest.mark.parametrize("task", ["text-to-video", "image-to-video", "tabular-regression"])
def test_what_the_client_knows_no_way_to_is_not_sent(left: Left, task: str) -> None:
    method = getattr(InferenceClient(), task.replace("-", "_"))
    with pytest.raises(ValueError, match=f"Task '{task}' not supported for provider"):
        method({"a": ["1"]}, model=f"org/{task}")

    assert {one.method for one in left.requests} <= {"GET"}


def test_what_is_no_model_s_does_not_leave(left: Left) -> None:
    client = InferenceClient()
    with pytest.raises(PermissionError, match=HELD_BACK):
        client.image_to_text("https://else.where/a-picture.png", model="org/image-to-text")
    with pytest.raises(PermissionError, match=HELD_BACK):
        HfApi().repo_exists("org/name", repo_type="dataset")
    with pytest.raises(ValueError, match="not supported by provider groq"):
        chat(InferenceClient(provider="groq", api_key="gsk_own"), model=CHATTY)
    assert not left.says("gsk_own")


def test_a_host_that_begins_as_the_gateway_s_is_another_one(left: Left, gateway_url: str) -> None:
    for url in (f"{gateway_url}1/x", f"{gateway_url}@else.where/x"):
        with pytest.raises(PermissionError, match=HELD_BACK):
            chat(InferenceClient(base_url=url))
    assert left.requests == []
