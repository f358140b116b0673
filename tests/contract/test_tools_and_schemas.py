"""Tools and structured answers, through every client."""

import json
from typing import Any

import pytest
from huggingface_hub import AsyncInferenceClient, InferenceClient
from jsonschema import validate
from openai import AsyncOpenAI, OpenAI, pydantic_function_tool
from openai.types.chat import ChatCompletionToolParam
from pydantic import BaseModel

from tests.contract.upstream import HELLO, Upstream
from tests.support.hugging_face import async_chat, chat, stream as hf_stream

PARAMETERS: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
}
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "get_weather", "description": "", "parameters": PARAMETERS},
}
CALL = {"city": "[simulator]", "days": 1}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 18}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}


class Person(BaseModel):
    name: str
    age: int
    friends: list["Person"]


class GetWeather(BaseModel):
    city: str


def test_openai_calls_a_tool(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.create(
        model="m", messages=HELLO, tools=[WEATHER], tool_choice="required"
    )
    [call] = answer.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == CALL
    assert answer.choices[0].finish_reason == "tool_calls"


def test_openai_streams_a_tool_call_in_fragments(openai_client: OpenAI) -> None:
    forced: Any = {"type": "function", "function": {"name": "get_weather"}}
    with openai_client.chat.completions.stream(
        model="m", messages=HELLO, tools=[WEATHER], tool_choice=forced
    ) as stream:
        fragments = [
            event.arguments_delta
            for event in stream
            if event.type == "tool_calls.function.arguments.delta"
        ]
        final = stream.get_final_completion()
    assert len(fragments) > 3
    [call] = final.choices[0].message.tool_calls or []
    assert json.loads(call.function.arguments) == CALL


def test_openai_parses_arguments_into_its_model(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.parse(
        model="m",
        messages=HELLO,
        tools=[pydantic_function_tool(GetWeather)],
        tool_choice="required",
    )
    [call] = answer.choices[0].message.tool_calls or []
    assert call.function.parsed_arguments == GetWeather(city="[simulator]")


def test_the_result_of_a_tool_is_sent_back(openai_client: OpenAI) -> None:
    ask = openai_client.chat.completions.create
    first = ask(model="m", messages=HELLO, tools=[WEATHER], tool_choice="required")
    message = first.choices[0].message
    [call] = message.tool_calls or []
    result: Any = {"role": "tool", "tool_call_id": call.id, "content": "rain"}
    said: Any = message.to_dict()
    second = ask(model="m", messages=[*HELLO, said, result], tools=[WEATHER])
    assert second.choices[0].finish_reason == "stop"


def test_hugging_face_calls_a_tool(hf_client: InferenceClient) -> None:
    answer = chat(hf_client, model="m", tools=[WEATHER], tool_choice="required")
    [call] = answer.choices[0].message.tool_calls or []
    assert call.function.name == "get_weather"
    assert json.loads(str(call.function.arguments)) == CALL


def test_hugging_face_streams_a_tool_call(hf_client: InferenceClient) -> None:
    chunks = [*hf_stream(hf_client, model="m", tools=[WEATHER], tool_choice="required")]
    deltas = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert deltas[0].function.name == "get_weather"
    assert json.loads("".join(call.function.arguments for call in deltas)) == CALL


async def test_async_hugging_face_calls_a_tool(async_hf_client: AsyncInferenceClient) -> None:
    answer = await async_chat(async_hf_client, model="m", tools=[WEATHER], tool_choice="required")
    assert answer.choices[0].finish_reason == "tool_calls"


def test_openai_parses_an_answer_into_its_model(openai_client: OpenAI) -> None:
    answer = openai_client.chat.completions.parse(model="m", messages=HELLO, response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="[simulator]", age=0, friends=[])


async def test_async_openai_parses_a_stream_into_its_model(
    async_openai_client: AsyncOpenAI,
) -> None:
    async with async_openai_client.chat.completions.stream(
        model="m", messages=HELLO, response_format=Person
    ) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == Person(name="[simulator]", age=0, friends=[])


@pytest.mark.parametrize("prefix", ["", "local/"])
def test_hugging_face_gets_the_structure_it_asks_for(
    hf_client: InferenceClient, upstream: Upstream, prefix: str
) -> None:
    # With a base_url this client rewrites the format to TGI's form, which most servers do not know.
    answer = chat(hf_client, model=f"{prefix}structured/m", response_format=FORMAT)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)
    assert upstream.last_call("structured/m")["response_format"] == "json_schema"


async def test_async_hugging_face_gets_the_structure_it_asks_for(
    async_hf_client: AsyncInferenceClient,
) -> None:
    answer = await async_chat(async_hf_client, model="m", response_format=FORMAT)
    validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)


def test_hugging_face_streams_structure(hf_client: InferenceClient) -> None:
    chunks = [*hf_stream(hf_client, model="m", response_format=FORMAT)]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    validate(json.loads(text), SCHEMA)
