"""Labels, entities, ranks and things in pictures."""

import base64
import re
from collections.abc import Sequence
from typing import Any, Final

from app.simulator.tasks.asked import Asked
from app.simulator.tasks.files import png
from app.utils.media import Size, image_size

_LABELS: Final = ("LABEL_0", "LABEL_1", "LABEL_2")
_TOP: Final = 5
_GROUPS: Final = ("PER", "ORG", "LOC")
_NAME: Final = re.compile(r"\b[A-Z]\w+")
_SURE: Final = 0.9


def labels(asked: Asked) -> list[dict[str, Any]]:
    """Return labels with scores that make 1 together, the surest first."""
    names: Sequence[str] = asked.parameters.get("candidate_labels") or _LABELS
    seed = asked.texts[0] if asked.texts else asked.file and len(asked.file.data)
    weights = {name: 0.01 + asked.chance(seed, name) for name in names}
    total = sum(weights.values())
    ordered = sorted(weights, key=lambda name: -weights[name])
    count = len(names) if "candidate_labels" in asked.parameters else _TOP
    return [
        {"label": name, "score": round(weights[name] / total, 6)}
        for name in ordered[: asked.parameters.get("top_k", count)]
    ]


def entities(asked: Asked) -> list[dict[str, Any]]:
    """Return each word with a capital letter as a name of something."""
    text = asked.texts[0]
    is_apart = asked.parameters.get("aggregation_strategy") == "none"
    kind = "entity" if is_apart else "entity_group"
    return [
        {
            kind: _GROUPS[int(asked.chance(found[0]) * len(_GROUPS))],
            "score": _SURE,
            "word": found[0],
            "start": found.start(),
            "end": found.end(),
        }
        for found in _NAME.finditer(text)
    ]


def ranks(asked: Asked) -> list[dict[str, Any]]:
    """Return the texts in an order."""
    query, texts = asked.field("query"), asked.field("texts")
    scores = {index: round(asked.chance(query, text), 6) for index, text in enumerate(texts)}
    ordered = sorted(scores, key=lambda index: -scores[index])
    return [{"index": index, "score": scores[index]} for index in ordered]


def segments(asked: Asked) -> list[dict[str, Any]]:
    """Return one part of a picture: all of it."""
    mask = base64.b64encode(png(*_size(asked))).decode()
    return [{"label": "[simulator] everything", "mask": mask, "score": _SURE}]


def masks(asked: Asked) -> dict[str, Any]:
    """Return the same part without a name."""
    return {"masks": [base64.b64encode(png(*_size(asked))).decode()], "scores": [_SURE]}


def detected(asked: Asked) -> list[dict[str, Any]]:
    """Return one thing in a picture, as large as the picture."""
    width, height = _size(asked)
    names: Sequence[str] = asked.parameters.get("candidate_labels") or ["[simulator] everything"]
    box = {"xmin": 0, "ymin": 0, "xmax": width, "ymax": height}
    return [{"label": names[0], "score": _SURE, "box": box}]


def _size(asked: Asked) -> Size:
    found = None if asked.file is None else image_size(asked.file.data)
    return found or Size(1, 1)
