"""How much of a task there is."""

import base64
from typing import Any

import pytest

from app.core.tasks.catalogue import TASKS, find_task
from app.core.tasks.files import File, Kind
from app.core.tasks.units import Unit
from app.services.tasks.measuring import Count, count_parts
from app.services.tasks.work import Manner, tokens_of, work_of
from app.simulator.tasks.files import mp4, png, wav

MANNER = Manner("application/json", is_named=False)


def sound(seconds: int) -> File:
    return File(Kind.AUDIO, "audio/wav", wav(seconds))


async def test_sounds_and_videos_are_measured_in_seconds() -> None:
    assert await count_parts(Unit.SECOND, [sound(7)]) == Count(7, 7)
    video = File(Kind.VIDEO, "video/mp4", mp4(90))
    assert await count_parts(Unit.SECOND, [video]) == Count(90, 90)


async def test_a_begun_second_is_a_whole_one() -> None:
    data = wav(2)
    longer = data[:40] + (16_000 + 1).to_bytes(4, "little") + data[44:] + b"\x80"

    counted = await count_parts(Unit.SECOND, [File(Kind.AUDIO, "audio/wav", longer)])

    assert counted == Count(3, 3)


@pytest.mark.parametrize("data", [b"RIFF", b"ID3" + bytes(999), b"OggS" + bytes(5), b"\0" * 1001])
async def test_a_sound_that_nobody_can_read_is_bound_by_its_bytes(data: bytes) -> None:
    counted = await count_parts(Unit.SECOND, [File(Kind.AUDIO, "audio/x", data)])

    assert counted == Count(-(-len(data) // 500), -(-len(data) // 500), is_exact=False)


async def test_the_same_file_counts_once() -> None:
    first, same = (File(Kind.IMAGE, "image/png", png(5, 5)) for _ in range(2))

    assert (await count_parts(Unit.PIXEL, [first, same])).units == 25


async def test_tokens_are_about_four_bytes_and_at_most_one() -> None:
    assert await count_parts(Unit.TOKEN, ["abcd", "éé"]) == Count(2, 8)


@pytest.mark.parametrize(
    ("task", "body", "most"),
    [
        ("text-generation", {"inputs": "a", "parameters": {"max_new_tokens": 7}}, 7),
        ("text-generation", {"inputs": "a", "parameters": {"max_new_tokens": 7, "best_of": 3}}, 21),
        ("text-generation", {"inputs": "a"}, 4_096),
        ("text-to-image", {"inputs": "a", "parameters": {"width": 10, "height": 20}}, 200),
        ("text-to-image", {"inputs": "a", "parameters": {"width": 10}}, 10 * 2_048),
        ("text-to-image", {"inputs": "a"}, 4 * 1024 * 1024),
        ("text-to-image", {"inputs": "a", "parameters": {"width": 0}}, 4 * 1024 * 1024),
        ("text-to-image", {"inputs": "a", "parameters": {"width": 0, "height": 9}}, 9 * 2_048),
        ("text-classification", {"inputs": "a"}, 0),
        ("summarization", {"inputs": "abc"}, 3 + 16_384),
    ],
)
async def test_what_comes_out_has_a_bound(task: str, body: dict[str, Any], most: int) -> None:
    work = await work_of(TASKS[task], TASKS[task].form.model_validate(body), MANNER)

    assert work.most_written == most


async def test_a_size_that_is_wanted_bounds_a_changed_picture() -> None:
    task, image = TASKS["image-to-image"], base64.b64encode(png(3_000, 2_000)).decode()
    body = {"inputs": image, "parameters": {"target_size": {"width": 4, "height": 5}}}

    asked = await work_of(task, task.form.model_validate(body), MANNER)
    unasked = await work_of(task, task.form.model_validate({"inputs": image}), MANNER)

    assert (asked.most_written, unasked.most_written) == (20, 6_000_000)


async def test_parameters_that_nobody_knows_are_remembered() -> None:
    task = TASKS["text-to-image"]
    body = {"inputs": "a", "parameters": {"seed": 1, "num_images": 4}}

    assert (await work_of(task, task.form.model_validate(body), MANNER)).strange == ["num_images"]


async def test_what_makes_a_generation_longer_is_remembered() -> None:
    task = TASKS["summarization"]
    told = {"temperature": 0.5, "num_return_sequences": 100}
    body = {"inputs": "a", "parameters": {"generate_parameters": told}}

    work = await work_of(task, task.form.model_validate(body), MANNER)

    assert work.strange == ["generate_parameters.num_return_sequences"]


async def test_the_names_of_columns_are_read_too() -> None:
    task = TASKS["table-question-answering"]
    body = {"inputs": {"query": "abc", "table": {"name": ["Ada"], "age": ["36"]}}}

    work = await work_of(task, task.form.model_validate(body), MANNER)

    assert work.read.units == len("abcnameAdaage36")


@pytest.mark.parametrize(("unit", "tokens"), [("token", 9), ("character", 3), ("pixel", 0)])
def test_units_count_as_tokens_where_a_limit_is_one_of_tokens(unit: str, tokens: int) -> None:
    assert tokens_of(9, unit) == tokens


def test_other_names_of_a_task_find_it() -> None:
    assert find_task("ner") is TASKS["token-classification"]
    assert find_task("no-such-task") is None


@pytest.mark.parametrize("name", TASKS)
def test_what_is_written_has_a_unit_and_a_bound(name: str) -> None:
    task = TASKS[name]

    if not task.is_chat:
        assert (task.writes is None) == (task.most({}, 100) == 0)
        assert task.file is None or task.writes is not None
        assert set(task.needs) <= task.parameters.keys()


async def test_a_sound_of_countless_pieces_is_not_read_to_its_end() -> None:
    data = b"\xff\xfb" + b"\xff" * 500_000 + b"\xff\xfb\x90\x00" + bytes(413)

    counted = await count_parts(Unit.SECOND, [File(Kind.AUDIO, "audio/mpeg", data)])

    assert counted.units == -(-len(data) // 500)
    assert not counted.is_exact
