"""A call that is refused for money or for speed arrives as what the client does about it."""

from collections.abc import Generator

import openai
import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError
from openai import OpenAI

from app.core import errors
from tests.contract.upstream import HELLO
from tests.support.bare_app import bare_app
from tests.support.hugging_face import chat
from tests.support.servers import running


class Refusing:
    """A gateway that refuses every call, and counts them."""

    def __init__(self) -> None:
        self.error = errors.AppError("Not told what to refuse with.")
        self.calls = 0

    async def answer(self) -> None:
        self.calls += 1
        raise self.error


@pytest.fixture(scope="module")
def gateway() -> Refusing:
    return Refusing()


@pytest.fixture(scope="module")
def url(gateway: Refusing) -> Generator[str]:
    app = bare_app()
    app.add_api_route("/v1/chat/completions", gateway.answer, methods=["POST"])
    with running(app) as url:
        yield url


@pytest.fixture(autouse=True)
def _counting_from_zero(gateway: Refusing) -> None:
    gateway.calls = 0


def ask(url: str, *, retries: int) -> openai.APIStatusError:
    with (
        OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=retries) as client,
        pytest.raises(openai.APIStatusError) as raised,
    ):
        client.chat.completions.create(model="a/model", messages=HELLO)
    return raised.value


@pytest.mark.parametrize("kind", [errors.RateLimitedError, errors.BudgetBusyError])
def test_openai_raises_a_rate_limit_error_that_says_when_to_come_back(
    gateway: Refusing, url: str, kind: type[errors.AppError]
) -> None:
    left = {"x-ratelimit-remaining-tokens": "0"}
    gateway.error = kind("Slow down.", retry_after_seconds=7.5, headers=left)

    error = ask(url, retries=0)

    assert isinstance(error, openai.RateLimitError)
    assert (error.code, error.type) == (kind.code, "rate_limit_error")
    assert error.response.headers["retry-after"] == "8"
    assert error.response.headers["x-ratelimit-remaining-tokens"] == "0"


def test_openai_tries_again_by_itself_when_it_was_too_fast(gateway: Refusing, url: str) -> None:
    gateway.error = errors.RateLimitedError("Slow down.")

    ask(url, retries=1)

    assert gateway.calls == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.BudgetExceededError("Spent."), "402 insufficient_quota"),
        (errors.PriceUnknownError("What does it cost?"), "400 invalid_request_error"),
        (errors.RateLimitedError("Tomorrow.", retry_after_seconds=86_400), "429 rate_limit_error"),
    ],
    ids=lambda value: value.code if isinstance(value, errors.AppError) else "",
)
def test_openai_does_not_repeat_what_waiting_cannot_mend(
    gateway: Refusing, url: str, error: errors.AppError, kind: str
) -> None:
    gateway.error = error

    seen = ask(url, retries=2)

    assert (f"{seen.status_code} {seen.type}", seen.code) == (kind, error.code)
    assert gateway.calls == 1


@pytest.mark.parametrize("kind", [errors.BudgetExceededError, errors.RateLimitedError])
def test_hugging_faces_client_shows_the_words(
    gateway: Refusing, url: str, kind: type[errors.AppError]
) -> None:
    gateway.error = kind("The team's money is spent; ask its lead.")

    with pytest.raises(HfHubHTTPError, match="ask its lead"):
        chat(InferenceClient(base_url=url, api_key="any"), messages=HELLO)
