"""Every method of Hugging Face's Python client that can be given a URL."""

import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient

from app.core.tasks.catalogue import TASKS
from tests.contract.tasks.asking import CASES, TEXT, Case
from tests.contract.upstream import Upstream
from tests.support.hugging_face import chat

# The async client itself does what httpx2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
every_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.task}-{place}" for place, case in enumerate(CASES)]
)
PATHS = ("/hf-inference/models/{}", "/models/{}", "/hf-inference/models/{}/pipeline/{}")


def url_of(gateway_url: str, task: str, path: str = PATHS[0]) -> str:
    return gateway_url + path.format(f"org/{task}", task)


@every_case
def test_a_method_returns_what_was_answered(gateway_url: str, secret: str, case: Case) -> None:
    client = InferenceClient(base_url=url_of(gateway_url, case.task), api_key=secret)

    assert case.show(case.ask(client)) == case.answer


@every_case
async def test_an_async_method_returns_what_was_answered(
    gateway_url: str, secret: str, case: Case
) -> None:
    url = url_of(gateway_url, case.task)
    async with AsyncInferenceClient(base_url=url, api_key=secret) as client:
        assert case.show(await case.ask(client)) == case.answer


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.task)
def test_every_url_of_a_model_does_its_task(
    gateway_url: str, secret: str, case: Case, path: str
) -> None:
    client = InferenceClient(base_url=url_of(gateway_url, case.task, path), api_key=secret)

    assert case.show(case.ask(client)) == case.answer


def test_every_method_that_can_be_given_a_url_is_tried() -> None:
    methods = {task.python for task in TASKS.values() if "python" not in task.no_url} - {None}

    assert {case.method for case in CASES} == methods - {"chat_completion"}


def test_the_upstream_sees_the_operator_s_credential_and_no_other(
    gateway_url: str, secret: str, upstream: Upstream
) -> None:
    url = f"{gateway_url}/hf-inference/models/whose/fill-mask"
    client = InferenceClient(base_url=url, api_key=secret, headers={"x-hf-bill-to": "my-choice"})

    client.fill_mask("A [MASK].")

    seen = upstream.last_call("whose/fill-mask")
    assert (seen["authorization"], seen["bill_to"]) == ("hugging_face", "acme")
    assert (seen["task"], seen["path"]) == ("fill-mask", "/hf-inference/models/whose/fill-mask")


def test_chat_at_the_url_of_a_model(gateway_url: str, secret: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/a-chat-model"
    client = InferenceClient(base_url=url, api_key=secret)

    answer, other = chat(client, TEXT), chat(client, TEXT, model="org/other:groq")

    assert (answer.model, other.model) == ("org/a-chat-model", "org/other:groq")
    assert TEXT in str(answer.choices[0].message.content)


def test_health_and_info_are_there(gateway_url: str, secret: str) -> None:
    url = f"{gateway_url}/hf-inference/models/org/fill-mask"
    client = InferenceClient(model=url, provider="hf-inference", api_key=secret)

    assert client.health_check()
    info = client.get_endpoint_info()
    assert (info["model_id"], info["model_pipeline_tag"]) == ("org/fill-mask", "fill-mask")
    assert (info["task"], info["max_total_tokens"]) == ("fill-mask", None)


def test_info_says_how_much_fits_into_a_model(gateway_url: str, secret: str) -> None:
    url = f"{gateway_url}/hf-inference/models/openai/gpt-oss-20b"
    client = InferenceClient(model=url, provider="hf-inference", api_key=secret)

    assert client.get_endpoint_info()["max_total_tokens"] == 131_072
