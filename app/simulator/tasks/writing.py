"""Texts that a task finds or writes: always the caller's own words."""

from typing import Any, Final, NamedTuple

from app.simulator.counting import tokens_of
from app.simulator.replies import MAX_ECHO, OPENING
from app.simulator.tasks.asked import Asked
from app.utils.media import image_size

MARK: Final = "[simulator]"
_WORDS: Final = ("answer", "thing", "place", "time", "word")
_GAPS: Final = ("[MASK]", "<mask>")


def filled(asked: Asked) -> list[dict[str, Any]]:
    """Return a text with some words in its gap, or behind it."""
    text = asked.texts[0]
    gap = next((one for one in _GAPS if one in text), None)
    words = asked.parameters.get("targets") or _WORDS
    return [
        {
            "sequence": text.replace(gap, word) if gap else f"{text} {word}",
            "score": round(0.5 / place, 6),
            "token": 1_000 + place,
            "token_str": word,
        }
        for place, word in enumerate(words[: asked.parameters.get("top_k", 5)], 1)
    ]


def found(asked: Asked) -> Any:
    """Return the first word of a text as the answer; of a page, words of the simulator's own."""
    context = asked.field("context")
    if context is None:
        return [{"answer": f"{MARK} a page", "score": 0.5, "start": 0, "end": 1}]
    word = context.split()[0] if context.split() else ""
    start = context.find(word)
    return {"answer": word, "score": 0.5, "start": start, "end": start + len(word)}


def seen(asked: Asked) -> list[dict[str, Any]]:
    """Return answers about a picture."""
    count = asked.parameters.get("top_k", 2)
    answers = (f"{MARK} {asked.field('question')}", f"{MARK} no")
    return [{"answer": one, "score": round(0.6 / at, 6)} for at, one in enumerate(answers, 1)][
        :count
    ]


def cells(asked: Asked) -> dict[str, Any]:
    """Return the first cell of a table."""
    table = asked.field("table")
    first = next(iter(table.values()))
    cell = str(first[0]) if first else ""
    return {"answer": cell, "coordinates": [[0, 0]], "cells": [cell], "aggregator": "NONE"}


def summary(asked: Asked) -> list[dict[str, str]]:
    """Return the beginning of each text."""
    return [{"summary_text": f"{MARK} {_beginning(text, 60)}"} for text in asked.texts]


def translation(asked: Asked) -> list[dict[str, str]]:
    """Return each text in the language that it has."""
    return [{"translation_text": f"{MARK} {_beginning(text, MAX_ECHO)}"} for text in asked.texts]


def generated(asked: Asked) -> list[dict[str, Any]]:
    """Return what was written, or how large the picture is."""
    if asked.file is not None:
        size = image_size(asked.file.data)
        shown = f"{size.width} x {size.height} pixels" if size else "unknown size"
        return [{"generated_text": f"{MARK} An image of {shown}."}]
    text = written(asked)
    answer: dict[str, Any] = {"generated_text": text.whole}
    if asked.parameters.get("details"):
        answer["details"] = {
            "finish_reason": text.finish_reason,
            "generated_tokens": len(text.tokens),
            "prefill": [],
            "seed": asked.parameters.get("seed"),
            "tokens": [],
        }
    return [answer]


class Written(NamedTuple):
    """A text, as a model writes it."""

    tokens: list[str]
    finish_reason: str
    whole: str  # with the prompt before it, where that was asked for


def written(asked: Asked) -> Written:
    """Return what a prompt is continued with: what the prompt says."""
    prompt = asked.texts[0]
    tokens = tokens_of(f"{OPENING} You wrote: {_beginning(prompt, MAX_ECHO)}")
    limit = asked.parameters.get("max_new_tokens") or len(tokens)
    kept = tokens[:limit]
    before = prompt if asked.parameters.get("return_full_text") else ""
    reason = "length" if limit < len(tokens) else "eos_token"
    return Written(kept, reason, before + "".join(kept))


def transcript(asked: Asked, seconds: int) -> dict[str, Any]:
    """Return words about a sound, for nobody has listened to it."""
    text = f"{MARK} {seconds} s of sound."
    if not asked.parameters.get("return_timestamps"):
        return {"text": text}
    return {"text": text, "chunks": [{"text": text, "timestamp": [0.0, float(seconds)]}]}


def _beginning(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[:characters]}..."
