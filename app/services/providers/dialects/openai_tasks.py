"""Hugging Face's tasks in OpenAI's dialect: those for which it has routes of its own.

Wire facts: https://platform.openai.com/docs/api-reference.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx2

from app.services.providers.dialects.ways import Question, Way, inputs_of
from app.services.providers.provider import ChatRequest
from app.services.tasks.work import Work
from app.utils.json_values import encoded, object_in
from app.utils.media import media_type_of

_SIDE: Final = 1_024  # pixels, where only the other one is said
# These always answer in base64, and refuse to be asked for it.
_ALWAYS_BASE64: Final = "gpt-image"
_ENDS: Final = {"length": "length", "stop": "eos_token"}
# Servers tell what a sound is by the name of its file.
_ENDINGS: Final = {"audio/mpeg": "mp3", "audio/mp4": "m4a"}
_NOWHERE: Final = "http://unused"
_SAME: Final = ("temperature", "top_p", "seed", "frequency_penalty")


def _embed(request: ChatRequest, work: Work) -> Question:
    sent = {"model": request.model, "input": inputs_of(request), "encoding_format": "float"}
    if "dimensions" in work.told:
        sent["dimensions"] = work.told["dimensions"]
    return Question(encoded(sent))


def _vectors(said: Any, work: Work) -> list[list[float]]:
    items = sorted(said["data"], key=lambda item: item["index"])
    vectors = [item["embedding"] for item in items]
    return [*map(_unit, vectors)] if work.told.get("normalize") else vectors


def _unit(vector: Sequence[float]) -> list[float]:
    length = sum(number * number for number in vector) ** 0.5 or 1.0
    return [number / length for number in vector]


def _complete(request: ChatRequest, work: Work) -> Question:
    told = work.told
    sent = {name: told[name] for name in _SAME if name in told}
    stops = [*told.get("stop", ()), *told.get("stop_sequences", ())]
    if stops:
        sent["stop"] = stops
    # Whoever says nothing gets at most what is held for it; servers differ in what they would give.
    cap = told.get("max_new_tokens", work.most_written)
    prompt = inputs_of(request)
    return Question(encoded({"model": request.model, "prompt": prompt, "max_tokens": cap, **sent}))


def _generated(said: Any, work: Work) -> list[dict[str, Any]]:
    choice = said["choices"][0]
    answer: dict[str, Any] = {"generated_text": choice["text"]}
    if work.told.get("details"):
        reason, usage = choice.get("finish_reason"), object_in(said.get("usage"))
        answer["details"] = {
            "finish_reason": _ENDS.get(reason, reason),
            "generated_tokens": usage.get("completion_tokens", 0),
            "prefill": [],
            "seed": work.told.get("seed"),
            "tokens": [],
        }
    return [answer]


def _draw(request: ChatRequest, work: Work) -> Question:
    sent: dict[str, Any] = {"model": request.model, "prompt": inputs_of(request), "n": 1}
    sides = [work.told.get(side) for side in ("width", "height")]
    if any(sides):
        sent["size"] = "x".join(str(side or _SIDE) for side in sides)
    if not request.model.rpartition("/")[2].startswith(_ALWAYS_BASE64):
        sent["response_format"] = "b64_json"
    return Question(encoded(sent))


def _picture(said: Any, _: Work) -> bytes:
    return base64.b64decode(said["data"][0]["b64_json"], validate=True)


def _listen(request: ChatRequest, work: Work) -> Question:
    form = "verbose_json" if work.told.get("return_timestamps") else "json"
    if request.payload:
        data = base64.b64decode(inputs_of(request))
        media_type = media_type_of(data) or ""
    else:
        data, media_type = request.body, work.manner.media_type
    named = f"sound.{_ENDINGS.get(media_type, media_type.partition('/')[2])}"
    sent = httpx2.Request(
        "POST",
        _NOWHERE,
        data={"model": request.model, "response_format": form},
        files={"file": (named, data, media_type)},
    )
    return Question(sent.read(), sent.headers["content-type"])


def _transcript(said: Any, work: Work) -> dict[str, Any]:
    answer: dict[str, Any] = {"text": said["text"]}
    if work.told.get("return_timestamps"):
        pieces = said["segments"]
        answer["chunks"] = [
            {"text": one["text"], "timestamp": [one["start"], one["end"]]} for one in pieces
        ]
    return answer


OPENAI_WAYS: Final[Mapping[str, Way]] = {
    "feature-extraction": Way(
        "/embeddings", _embed, _vectors, words={"dimensions": int, "normalize": bool}
    ),
    "text-generation": Way(
        "/completions",
        _complete,
        _generated,
        words={
            "details": bool,
            "do_sample": bool,
            "frequency_penalty": float,
            "max_new_tokens": int,
            "seed": int,
            "stop": list,
            "stop_sequences": list,
            "temperature": float,
            "top_p": float,
        },
    ),
    "text-to-image": Way(
        "/images/generations", _draw, _picture, words={"width": int, "height": int}
    ),
    "automatic-speech-recognition": Way(
        "/audio/transcriptions", _listen, _transcript, words={"return_timestamps": bool}
    ),
}
