"""Each method of `@huggingface/inference`'s client, with what it is asked and what it returns."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

from app.simulator.tasks.files import png, wav

TEXT: Final = "Ada lives in London"


class Case(NamedTuple):
    """One method."""

    task: str
    method: str
    params: Mapping[str, Any]
    show: Callable[[Any], Any]  # what is compared of the value
    value: Any


def file(data: bytes, media_type: str) -> Any:
    """Return a file as the caller of the client writes it down."""
    return {"$file": base64.b64encode(data).decode(), "type": media_type}


def fields(*names: str) -> Callable[[Any], Any]:
    """Show some fields of a value, or of each one of a list."""

    def show(found: Any) -> Any:
        if isinstance(found, list):
            return [show(one) for one in cast("list[Any]", found)]
        return tuple(found[name] for name in names)

    return show


def _is(found: Any) -> Any:
    return found


def _count_and_first(found: Any) -> Any:
    return len(found), found[0]


def _labels(found: Any) -> list[str]:
    assert abs(sum(one["score"] for one in found) - 1) < 0.01
    return sorted(one["label"] for one in found)


def _box(found: Any) -> Any:
    return [(one["label"], one["box"]["xmax"], one["box"]["ymax"]) for one in found]


def _groups(found: Any) -> Any:
    return [one["entity_group"] == one["entity"] for one in found]


def _beginning(found: Any) -> Any:
    return found["type"], base64.b64decode(found["$file"])[:4]


def _said(found: Any) -> str:
    return found["choices"][0]["message"]["content"]


def _streamed(found: Any) -> str:
    return "".join(one["choices"][0]["delta"].get("content", "") for one in found if one["choices"])


def _text(found: Any) -> str:
    assert len(found) > 1
    return "".join(one["choices"][0]["text"] for one in found)


def _shape(found: Any) -> Any:
    return len(found), len(found[0]), round(sum(one * one for one in found[0]), 3)


def _masks(found: Any) -> Any:
    return [(one["label"], base64.b64decode(one["mask"])[1:4]) for one in found]


def _sounds(found: Any) -> Any:
    return [(one["label"], one["content-type"], base64.b64decode(one["blob"])[:4]) for one in found]


IMAGE: Final = file(png(6, 4), "image/png")
SOUND: Final = file(wav(3), "audio/wav")
LABELS: Final = ["LABEL_0", "LABEL_1", "LABEL_2"]
EVERYTHING: Final = "[simulator] everything"
ECHO: Final = f"[simulator] {TEXT}"
CHAT: Final = {"messages": [{"role": "user", "content": TEXT}]}
ANSWER: Final = f"[simulator] No model was called. You wrote: {TEXT}"

CASES: Final = (
    Case("chat-completion", "chatCompletion", CHAT, _said, ANSWER),
    Case("chat-completion", "chatCompletionStream", CHAT, _streamed, ANSWER),
    Case(
        "text-generation",
        "textGeneration",
        {"inputs": TEXT, "parameters": {"max_new_tokens": 4}},
        _is,
        {"generated_text": "[simulator] No"},
    ),
    Case(
        "text-generation",
        "textGenerationStream",
        {"inputs": TEXT, "parameters": {"max_new_tokens": 4}},
        _text,
        "[simulator] No",
    ),
    Case("text-classification", "textClassification", {"inputs": TEXT}, _labels, LABELS),
    Case(
        "token-classification",
        "tokenClassification",
        {"inputs": TEXT, "parameters": {"aggregation_strategy": "simple"}},
        fields("word", "start", "end"),
        [("Ada", 0, 3), ("London", 13, 19)],
    ),
    Case(
        "token-classification",
        "tokenClassification",
        {"inputs": TEXT, "parameters": {"aggregation_strategy": "none"}},
        _groups,
        [True, True],
    ),
    Case(
        "zero-shot-classification",
        "zeroShotClassification",
        {"inputs": TEXT, "parameters": {"candidate_labels": ["yes", "no"]}},
        _labels,
        ["no", "yes"],
    ),
    Case(
        "fill-mask",
        "fillMask",
        {"inputs": "Paris is the [MASK].", "parameters": {"top_k": 1}},
        fields("sequence", "token", "token_str"),
        [("Paris is the answer.", 1001, "answer")],
    ),
    Case(
        "question-answering",
        "questionAnswering",
        {"inputs": {"question": "Who?", "context": TEXT}},
        fields("answer", "start", "end"),
        ("Ada", 0, 3),
    ),
    Case(
        "table-question-answering",
        "tableQuestionAnswering",
        {"inputs": {"query": "Where?", "table": {"city": ["London", "Paris"]}}},
        fields("answer", "coordinates", "cells"),
        ("London", [[0, 0]], ["London"]),
    ),
    Case("summarization", "summarization", {"inputs": TEXT}, _is, {"summary_text": ECHO}),
    Case("translation", "translation", {"inputs": TEXT}, _is, {"translation_text": ECHO}),
    Case("feature-extraction", "featureExtraction", {"inputs": TEXT}, _shape, (1, 8, 1.0)),
    Case(
        "sentence-similarity",
        "sentenceSimilarity",
        {"inputs": {"source_sentence": TEXT, "sentences": [TEXT, "Else"]}},
        _count_and_first,
        (2, 1.0),
    ),
    Case(
        "tabular-classification",
        "tabularClassification",
        {"inputs": {"data": {"a": ["1", "2"]}}},
        len,
        2,
    ),
    Case(
        "tabular-regression",
        "tabularRegression",
        {"inputs": {"data": {"a": ["1", "2"]}}},
        len,
        2,
    ),
    Case("image-classification", "imageClassification", {"inputs": IMAGE}, _labels, LABELS),
    Case("object-detection", "objectDetection", {"inputs": IMAGE}, _box, [(EVERYTHING, 6, 4)]),
    Case(
        "image-segmentation",
        "imageSegmentation",
        {"inputs": IMAGE, "parameters": {"threshold": 0.5}},
        _masks,
        [(EVERYTHING, b"PNG")],
    ),
    Case(
        "image-to-text",
        "imageToText",
        {"inputs": IMAGE},
        _is,
        {"generated_text": "[simulator] An image of 6 x 4 pixels."},
    ),
    Case(
        "document-question-answering",
        "documentQuestionAnswering",
        {"inputs": {"image": IMAGE, "question": "What?"}},
        fields("answer"),
        ("[simulator] a page",),
    ),
    Case(
        "visual-question-answering",
        "visualQuestionAnswering",
        {"inputs": {"image": IMAGE, "question": "What?"}},
        fields("answer"),
        ("[simulator] What?",),
    ),
    Case(
        "zero-shot-image-classification",
        "zeroShotImageClassification",
        {"inputs": {"image": IMAGE}, "parameters": {"candidate_labels": ["cat", "dog"]}},
        _labels,
        ["cat", "dog"],
    ),
    Case(
        "text-to-image",
        "textToImage",
        {"inputs": "a cat", "parameters": {"width": 32, "height": 16}},
        _beginning,
        ("image/png", b"\x89PNG"),
    ),
    Case(
        "image-to-image",
        "imageToImage",
        {"inputs": IMAGE},
        _beginning,
        ("image/png", b"\x89PNG"),
    ),
    Case(
        "image-to-image",
        "imageToImage",
        {"inputs": IMAGE, "parameters": {"prompt": "a dog"}},
        _beginning,
        ("image/png", b"\x89PNG"),
    ),
    Case("audio-classification", "audioClassification", {"inputs": SOUND}, _labels, LABELS),
    Case(
        "automatic-speech-recognition",
        "automaticSpeechRecognition",
        {"inputs": SOUND},
        fields("text"),
        ("[simulator] 3 s of sound.",),
    ),
    Case(
        "audio-to-audio",
        "audioToAudio",
        {"inputs": SOUND},
        _sounds,
        [("speech_0", "audio/wav", b"RIFF")],
    ),
    Case("text-to-speech", "textToSpeech", {"inputs": TEXT}, _beginning, ("audio/wav", b"RIFF")),
    Case("text-to-audio", "textToAudio", {"inputs": TEXT}, _beginning, ("audio/wav", b"RIFF")),
)
