"""What a caller is told about a request that does not fit."""

from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.api.validation import as_domain_error
from tests.support.bare_app import bare_app, client_of

JSON = {"content-type": "application/json"}


class TextPart(BaseModel):
    type: Literal["text"]
    text: str


class ImagePart(BaseModel):
    type: Literal["image_url"]
    image_url: dict[str, str]


class Message(BaseModel):
    role: Literal["user", "assistant"]
    content: str | list[Annotated[TextPart | ImagePart, Field(discriminator="type")]]


class Chat(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    temperature: Annotated[float, Field(ge=0, le=2)] = 1


def chat(**changes: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **changes}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = bare_app()

    @app.post("/v1/chat")
    async def complete(body: Chat, limit: int = 1) -> Chat:
        """Complete a chat."""
        del limit
        return body

    @app.post("/v1/raw")
    async def raw(request: Request) -> Chat:
        """Read the bytes, as a route that passes them on does."""
        body = await request.body()
        try:
            return Chat.model_validate_json(body)
        except ValidationError as error:
            raise RequestValidationError(error.errors(), body=body) from error

    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return client_of(app)


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({}, "model", "`model` is missing (and 1 more problem)."),
        (chat(messages=[]), "messages", "`messages` must have at least 1 items."),
        (chat(temp=1), "temp", "`temp` is not a field that is known here; remove it."),
        (chat(temperature=3), "temperature", "`temperature` must be less than or equal to 2."),
        (chat(messages="Hi"), "messages", "`messages` must be a list."),
        (chat(messages=["Hi"]), "messages.0", "`messages.0` must be an object."),
        (chat(messages=[{"role": "user"}]), "messages.0.content", "is missing."),
        (
            chat(messages=[{"role": "user", "content": 5}]),
            "messages.0.content",
            "`messages.0.content` must be a text or a list.",
        ),
        (
            chat(messages=[{"role": "user", "content": [{"type": "text", "text": 1}]}]),
            "messages.0.content.0.text",
            "must be a text",
        ),
        (
            chat(messages=[{"role": "user", "content": [{"type": "smell"}]}]),
            "messages.0.content.0.type",
            "smell",
        ),
        (
            chat(messages=[{"role": "usr", "content": "Hi"}]),
            "messages.0.role",
            "must be 'user' or 'assistant', did you mean 'user'?",
        ),
        ([], None, "The body must be an object."),
        ("text", None, "The body must be an object."),
    ],
)
def test_one_sentence_names_the_field_and_the_way_out(
    client: TestClient, body: object, param: str | None, message: str
) -> None:
    answer = client.post("/v1/chat", json=body)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_request")
    assert message in error["message"]
    assert error["message"].endswith(".")
    assert error["param"] == param


def test_a_body_that_is_still_bytes_is_explained_too(client: TestClient) -> None:
    error = client.post("/v1/raw", json=chat(messages=[{"role": "user", "content": 5}])).json()

    assert error["error"]["param"] == "messages.0.content"
    assert error["error"]["message"] == "`messages.0.content` must be a text or a list."


def test_a_parameter_is_named_without_where_it_stands(client: TestClient) -> None:
    error = client.post("/v1/chat?limit=many", json=chat()).json()["error"]

    assert (error["param"], error["message"]) == ("limit", "`limit` must be a whole number.")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"model": "m"', "line 1 column 14"),
        (b'{\n "model":}', "line 2 column 10"),
        (b'{"model": NaN_}', "line 1 column"),
        (b"[" * 100 + b"]", "line 1 column"),
    ],
)
def test_broken_json_says_where_it_breaks(client: TestClient, body: bytes, place: str) -> None:
    for path in ("/v1/chat", "/v1/raw"):
        answer = client.post(path, content=body, headers=JSON)

        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("The body is not valid JSON: ")
        if path == "/v1/chat":
            assert place in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", None, (400, "The request has no body. Send JSON")),
        (b"", "application/json", (400, "The request has no body. Send JSON")),
        (b"{}", None, (415, "The Content-Type is missing. Send JSON")),
        (b"{}", "text/plain", (415, "The Content-Type is `text/plain`. Send JSON")),
        (b"a=b", "application/x-www-form-urlencoded", (415, "Send JSON")),
        (b"{}", "x" * 1_000, (415, "Send JSON")),
        (b'{"model":"\xff"}', "application/json", (400, "The body is not UTF-8 text: byte 10")),
        (b"[" * 60_000, "application/json", (400, "nested too deeply")),
    ],
)
def test_an_unreadable_body_says_what_to_send(
    client: TestClient, body: bytes, kind: str | None, said: tuple[int, str]
) -> None:
    headers = {} if kind is None else {"content-type": kind}
    status, words = said

    answer = client.post("/v1/chat", content=body, headers=headers)

    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert len(answer.content) < 500


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.x+json"])
def test_json_may_be_announced_in_several_ways(client: TestClient, kind: str) -> None:
    body = b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'

    assert client.post("/v1/chat", content=body, headers={"content-type": kind}).status_code == 200


def test_input_is_not_repeated_at_length(client: TestClient) -> None:
    answer = client.post("/v1/chat", json=chat(**{"x" * 60_000: 1}))

    assert answer.status_code == 400
    assert len(answer.content) < 1_500


def test_nothing_said_about_the_problem_is_still_an_answer() -> None:
    assert as_domain_error([], body=None, content_type=None).message == "The request is not valid."
