"""Every call of a task leaves one entry, in the units of the task."""

import base64
import io
import struct
from typing import Any, Final

import pytest
from PIL import Image

from app.core.tasks.catalogue import TASKS
from app.simulator.tasks.files import mp4, png, wav
from tests.integration.tasks.asking import Gateway

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
    "table-question-answering": ({"inputs": {"query": "ab", "table": TABLE}}, 7, 0),
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


def test_every_task_of_the_catalogue_is_measured_here() -> None:
    assert SENT.keys() == {task.name for task in TASKS.values() if not task.is_chat}


@pytest.mark.parametrize("name", SENT)
def test_an_entry_carries_the_units_of_its_task(gateway: Gateway, name: str) -> None:
    body, units_in, units_out = SENT[name]

    answer = gateway.ask(name, body)

    assert answer.status_code == 200, answer.text
    entry, task = gateway.last_entry(), TASKS[name]
    assert (entry["task"], entry["status"]) == (name, "ok")
    assert (entry["unit_in"], entry["units_in"]) == (task.reads, units_in)
    assert (entry["unit_out"], entry["units_out"]) == (task.writes, units_out)
    assert entry["basis"] == ("reported" if task.reads == "token" else "counted")


def test_a_file_that_cannot_be_read_is_bound_by_its_bytes(gateway: Gateway) -> None:
    cut = IMAGE[:12]

    assert gateway.ask("image-classification", cut).status_code == 200

    entry = gateway.last_entry()
    assert (entry["basis"], entry["units_in"]) == ("estimated", 12 * 64)


def test_the_type_of_a_file_is_what_it_is(gateway: Gateway) -> None:
    answer = gateway.ask("text-to-image", {"inputs": "a cat"}, accept="image/png")

    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_how_long_the_upstream_has_worked_is_written_down(gateway: Gateway) -> None:
    for task, body in (("fill-mask", SENT["fill-mask"][0]), ("text-to-image", {"inputs": "cat"})):
        gateway.ask(task, body)
        assert gateway.last_entry()["tries"][0]["compute_ms"] == 50

    gateway.post("/hf-inference/models/sim/no-usage/pipeline/fill-mask", {"inputs": "A [MASK]"})
    assert "compute_ms" not in gateway.last_entry()["tries"][0]


@pytest.mark.parametrize(
    ("kind", "size"), [("AVIF", (37, 21)), ("WEBP", (64, 3)), ("JPEG", (10, 20))]
)
def test_a_picture_of_any_format_counts_its_pixels(
    gateway: Gateway, kind: str, size: tuple[int, int]
) -> None:
    data = io.BytesIO()
    Image.new("RGB", size).save(data, kind)

    assert gateway.ask("image-classification", data.getvalue()).status_code == 200

    entry = gateway.last_entry()
    assert (entry["units_in"], entry["basis"]) == (size[0] * size[1], "counted")


@pytest.mark.parametrize(
    ("told", "units", "basis"),
    [(b"\x44\x89\x84" + struct.pack(">f", 4_001.0), 5, "counted"), (b"", 1, "estimated")],
)
def test_a_webm_counts_its_seconds_or_its_bytes(
    gateway: Gateway, told: bytes, units: int, basis: str
) -> None:
    info = bytes.fromhex("1549A966") + bytes([0x80 | len(told)]) + told
    data = bytes.fromhex("1A45DFA380") + bytes.fromhex("18538067FF") + info

    assert gateway.ask("automatic-speech-recognition", data).status_code == 200

    entry = gateway.last_entry()
    assert (entry["units_in"], entry["basis"]) == (units, basis)
