"""Tools and schemas are obeyed."""

import json

import httpx2
import pytest
from huggingface_hub import InferenceClient
from jsonschema import validate
from openai import OpenAI
from openai.types.chat import ChatCompletionToolParam
from pydantic import BaseModel

from tests.integration.simulator.requests import HELLO, Json, body, chunks, post
from tests.support.hugging_face import chat

WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}
TIME: ChatCompletionToolParam = {"type": "function", "function": {"name": "get_time"}}
SCHEMA: Json = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 18}},
    "required": ["name", "age"],
}
FORMATS: list[Json] = [
    {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA, "strict": True}},
    {"type": "json_schema", "schema": SCHEMA},
    {"type": "json_object", "schema": SCHEMA},
    {"type": "json_object", "value": SCHEMA},
    {"type": "json", "value": SCHEMA},
]


class Person(BaseModel):
    name: str
    age: int


def test_the_openai_client_parses_an_answer_into_its_model(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.parse(model="m", messages=HELLO, response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="[simulator]", age=0)


@pytest.mark.parametrize("form", FORMATS)
def test_every_dialect_of_a_schema_is_obeyed(raw_client: httpx2.Client, form: Json) -> None:
    answer = post(raw_client, body(response_format=form)).json()
    validate(json.loads(answer["choices"][0]["message"]["content"]), SCHEMA)


def test_the_hugging_face_client_gets_what_it_asks_for(hf_client: InferenceClient) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
    answer = chat(hf_client, response_format=form)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)


def test_json_without_a_schema_is_an_object(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body(response_format={"type": "json_object"})).json()
    content = json.loads(answer["choices"][0]["message"]["content"])
    assert content["answer"].startswith("[simulator] No model was called.")


def test_a_text_format_is_plain_text(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body(response_format={"type": "text"})).json()
    assert answer["choices"][0]["message"]["content"].startswith("[simulator]")


def test_a_schema_that_nothing_satisfies_is_refused(raw_client: httpx2.Client) -> None:
    form = {"type": "json_object", "value": {"type": "integer", "minimum": 2, "maximum": 1}}
    answer = post(raw_client, body(response_format=form))
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "response_format"
    assert "finds no value that the schema accepts" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("choice", "text", "called"),
    [
        ("required", "Hello", ["get_weather"]),
        ("required", "Use get_time", ["get_time"]),
        ({"type": "function", "function": {"name": "get_time"}}, "Hello", ["get_time"]),
        ({"function": {"name": "get_weather"}}, "Hello", ["get_weather"]),
        ("none", "Use get_time", []),
        ("auto", "Hello", []),
        ("auto", "Use GET_WEATHER and get_time", ["get_weather", "get_time"]),
        (None, "Use get_time", ["get_time"]),
    ],
)
def test_tools_are_called_as_the_choice_says(
    raw_client: httpx2.Client, choice: object, text: str, called: list[str]
) -> None:
    messages = [{"role": "user", "content": text}]
    fields = body(messages=messages, tools=[WEATHER, TIME], tool_choice=choice)
    choice_made = post(raw_client, fields).json()["choices"][0]
    calls = choice_made["message"].get("tool_calls", [])
    assert [call["function"]["name"] for call in calls] == called
    assert choice_made["finish_reason"] == ("tool_calls" if called else "stop")
    assert (choice_made["message"]["content"] is None) is bool(called)


def test_arguments_obey_the_parameters(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.create(
        model="m", messages=HELLO, tools=[WEATHER, TIME], tool_choice="required"
    )
    calls = answer.choices[0].message.tool_calls
    assert calls is not None
    assert calls[0].type == "function"
    assert json.loads(calls[0].function.arguments) == {"city": "[simulator]", "days": 1}


def test_only_one_call_is_made_where_several_are_unwanted(raw_client: httpx2.Client) -> None:
    messages = [{"role": "user", "content": "get_weather and get_time"}]
    fields = body(messages=messages, tools=[WEATHER, TIME], parallel_tool_calls=False)
    assert len(post(raw_client, fields).json()["choices"][0]["message"]["tool_calls"]) == 1


def test_after_the_result_of_a_tool_the_answer_is_text(raw_client: httpx2.Client) -> None:
    messages = [
        {"role": "user", "content": "Use get_time"},
        {"role": "tool", "content": "noon", "tool_call_id": "call_1"},
    ]
    answer = post(raw_client, body(messages=messages, tools=[TIME])).json()
    assert answer["choices"][0]["finish_reason"] == "stop"


def test_calls_are_streamed_in_fragments_by_index(raw_client: httpx2.Client) -> None:
    messages = [{"role": "user", "content": "get_weather and get_time"}]
    some = chunks(post(raw_client, body(messages=messages, tools=[WEATHER, TIME], stream=True)))
    arguments: dict[int, str] = {}
    names: dict[int, str] = {}
    for chunk in some[1:-1]:
        [delta] = chunk["choices"][0]["delta"]["tool_calls"]
        index = delta["index"]
        arguments[index] = arguments.get(index, "") + delta["function"]["arguments"]
        if "id" in delta:
            names[index] = delta["function"]["name"]
            assert delta["type"] == "function"
    assert names == {0: "get_weather", 1: "get_time"}
    assert json.loads(arguments[0]) == {"city": "[simulator]", "days": 1}
    assert json.loads(arguments[1]) == {}
    assert some[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_a_limit_cuts_arguments_too(raw_client: httpx2.Client) -> None:
    fields = body(tools=[WEATHER], tool_choice="required", max_tokens=1)
    choice = post(raw_client, fields).json()["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == '{"ci'


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tool_choice": "required"}, "tool_choice is 'required', but there are no tools."),
        (
            {"tool_choice": {"function": {"name": "f"}}, "tools": [TIME]},
            "No tool is named 'f'.",
        ),
    ],
)
def test_an_impossible_choice_is_refused(
    raw_client: httpx2.Client, fields: Json, message: str
) -> None:
    answer = post(raw_client, body(**fields))
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": message,
        "type": "invalid_request_error",
        "param": "tool_choice",
        "code": None,
    }
