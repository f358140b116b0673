"""Hugging Face's tasks in the dialect of its Text Embeddings Inference, TEI.

Wire facts: https://huggingface.github.io/text-embeddings-inference.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.services.providers.dialects.ways import Question, Way, Word, inputs_of
from app.services.providers.provider import ChatRequest
from app.services.tasks.work import Work
from app.utils.json_values import encoded

_CUTTING: Final[Mapping[str, Word]] = {"truncate": bool, "truncation_direction": str}


def _embed(request: ChatRequest, work: Work) -> Question:
    return Question(encoded({**_as_tei(work.told), "inputs": inputs_of(request)}))


def _classify(request: ChatRequest, work: Work) -> Question:
    texts = inputs_of(request)
    # A list of two texts would be a pair, which gets one answer.
    inputs = texts if isinstance(texts, str) else [[text] for text in texts]
    is_raw = work.told.get("function_to_apply") == "none"
    cutting = {name: value for name, value in _as_tei(work.told).items() if name in _CUTTING}
    return Question(encoded({**cutting, "inputs": inputs, "raw_scores": is_raw}))


def _labels(said: Any, work: Work) -> list[list[Any]]:
    listed = said if said and isinstance(said[0], list) else [said]
    most = work.told.get("top_k")
    return [sorted(one, key=lambda label: -label["score"])[:most] for one in listed]


def _rank(request: ChatRequest, work: Work) -> Question:
    return Question(encoded({**inputs_of(request), **_as_tei(work.told)}))


def _compare(request: ChatRequest, work: Work) -> Question:
    sent = {"inputs": inputs_of(request), "parameters": _as_tei(work.told)}
    return Question(encoded(sent))


def _as_it_is(said: Any, _: Work) -> object:
    return said


def _as_tei(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with the names of directions as TEI writes them."""
    direction = told.get("truncation_direction")
    said = {} if direction is None else {"truncation_direction": str(direction).capitalize()}
    return {**told, **said}


TEI_WAYS: Final[Mapping[str, Way]] = {
    "feature-extraction": Way(
        "/embed",
        _embed,
        _as_it_is,
        words={**_CUTTING, "dimensions": int, "normalize": bool, "prompt_name": str},
    ),
    "sentence-similarity": Way(
        "/similarity", _compare, _as_it_is, words={**_CUTTING, "prompt_name": str}
    ),
    "text-ranking": Way(
        "/rerank",
        _rank,
        _as_it_is,
        words={**_CUTTING, "raw_scores": bool, "return_text": bool},
    ),
    "text-classification": Way(
        "/predict",
        _classify,
        _labels,
        words={**_CUTTING, "function_to_apply": frozenset({"none", "softmax"}), "top_k": int},
    ),
}
