"""Every call of a task leaves one entry, in the units of the task."""

import io
import struct

import pytest
from PIL import Image

from app.core.tasks.catalogue import TASKS
from tests.integration.tasks.asking import Gateway
from tests.integration.tasks.sent import IMAGE, SENT


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
