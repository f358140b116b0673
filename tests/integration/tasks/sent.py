"""What is sent to each task in tests that try all of them."""

import base64
from typing import Any, Final

from app.simulator.tasks.files import mp4, png, wav

IMAGE, SOUND, VIDEO = png(10, 7), wav(3), mp4(2)
IN_BASE64: Final = base64.b64encode(IMAGE).decode()
TABLE: Final = {"a": ["1", "2"], "bc": ["3", "45"]}
LABELS: Final = {"candidate_labels": ["x", "y"]}

# For each task: what is sent, and the units that come in and go out of the simulator's answer.
SENT: Final[dict[str, tuple[dict[str, Any] | bytes, int, int]]] = {
    "text-generation": ({"inputs": "Hello there", "parameters": {"max_new_tokens": 5}}, 4, 5),
    "feature-extraction": ({"inputs": ["Hello there", "you"], "normalize": True}, 5, 0),
    "sentence-similarity": ({"inputs": {"source_sentence": "abc", "sentences": ["de"]}}, 5, 0),
    "text-ranking": ({"inputs": {"query": "abc", "texts": ["de", "f"]}}, 6, 0),
    "fill-mask": ({"inputs": "A [MASK]"}, 8, 0),
    "text-classification": ({"inputs": ["abc", "d"]}, 4, 0),
    "token-classification": ({"inputs": "Ada"}, 3, 0),
    "zero-shot-classification": ({"inputs": "abc", "parameters": LABELS}, 3, 0),
    "question-answering": ({"inputs": {"question": "ab?", "context": "cd e"}}, 7, 0),
    "summarization": ({"inputs": "abc"}, 3, len("[simulator] abc")),
    "translation": ({"inputs": "äöü"}, 3, len("[simulator] äöü")),
    "table-question-answering": ({"inputs": {"query": "ab", "table": TABLE}}, 10, 0),
    "tabular-classification": ({"table": TABLE}, 1, 0),
    "tabular-regression": ({"inputs": {"data": TABLE}}, 1, 0),
    "image-classification": (IMAGE, 70, 0),
    "image-segmentation": ({"inputs": IN_BASE64, "parameters": {"threshold": 0.5}}, 70, 0),
    "mask-generation": (IMAGE, 70, 0),
    "object-detection": (IMAGE, 70, 0),
    "zero-shot-object-detection": ({"inputs": IN_BASE64, "parameters": LABELS}, 70, 0),
    "zero-shot-image-classification": (
        {"inputs": {"image": IN_BASE64}, "parameters": LABELS},
        70,
        0,
    ),
    "image-to-text": (IMAGE, 70, len("[simulator] An image of 10 x 7 pixels.")),
    "depth-estimation": (IMAGE, 70, 0),
    "document-question-answering": ({"inputs": {"image": IN_BASE64, "question": "?"}}, 70, 0),
    "visual-question-answering": (  # the Python client sends the image twice
        {"inputs": IN_BASE64, "image": IN_BASE64, "question": "?", "parameters": {}},
        70,
        0,
    ),
    "text-to-image": ({"inputs": "cat", "parameters": {"width": 20, "height": 30}}, 3, 600),
    "image-to-image": (IMAGE, 70, 64 * 64),
    "image-text-to-image": ({"parameters": {"prompt": "a cat"}}, 0, 64 * 64),
    "audio-classification": (SOUND, 3, 0),
    "automatic-speech-recognition": (SOUND, 3, len("[simulator] 3 s of sound.")),
    "audio-to-audio": (SOUND, 3, 0),
    "text-to-speech": ({"inputs": "Hello"}, 5, 1),
    "text-to-audio": ({"inputs": "x" * 40}, 40, 3),
    "video-classification": (VIDEO, 2, 0),
    "text-to-video": ({"inputs": "cat", "parameters": {"num_frames": 48}}, 3, 3),
    "image-to-video": (IMAGE, 70, 1),
    "image-text-to-video": ({"inputs": IN_BASE64, "parameters": {"num_frames": 32}}, 70, 2),
}
