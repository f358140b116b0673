"""The simulator's answers to tasks: the same for the same, in the shapes of the real ones."""

import base64
import io
import wave
from typing import Any, Final, cast

import httpx2
import pytest
from PIL import Image
from tinytag import TinyTag

from app.core.tasks.catalogue import TASKS
from app.core.tasks.files import Kind
from tests.integration.simulator.conftest import TOKEN
from tests.integration.tasks.sent import IMAGE, SENT

FILES: Final = {Kind.IMAGE: "image/png", Kind.AUDIO: "audio/wav", Kind.VIDEO: "video/mp4"}


def ask(url: str, task: str, body: dict[str, Any] | bytes, model: str = "any") -> httpx2.Response:
    headers = {"authorization": f"Bearer {TOKEN}"}
    path = f"{url}/hf-inference/models/{model}/x/pipeline/{task}"
    with httpx2.Client(headers=headers, trust_env=False) as client:
        if isinstance(body, bytes):
            answer = client.post(path, content=body, headers={"content-type": "image/png"})
        else:
            answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer


def told(url: str, task: str, **body: Any) -> Any:
    return ask(url, task, body).json()


def check_picture(data: bytes, size: tuple[int, int] | None = None) -> None:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert size is None or picture.size == size


def check_sound(data: bytes) -> None:
    with wave.open(io.BytesIO(data)) as sound:
        assert sound.getnframes() == len(sound.readframes(sound.getnframes())) > 0
        assert sound.getnframes() % sound.getframerate() == 0


def check_video(data: bytes) -> None:
    seconds = TinyTag.get(file_obj=io.BytesIO(data)).duration
    assert seconds is not None
    assert seconds >= 1


CHECKS: Final = {
    "image/png": check_picture,
    "audio/wav": check_sound,
    "video/mp4": check_video,
}


def files_in(value: Any) -> list[tuple[str, str]]:
    """Return the fields of an answer that hold a file in base64, with their texts."""
    if isinstance(value, list):
        return [found for item in cast("list[Any]", value) for found in files_in(item)]
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return [(name, fields[name]) for name in ("mask", "blob", "depth") if name in fields]


@pytest.mark.parametrize("name", SENT)
def test_each_task_has_an_answer_in_its_form(simulator_url: str, name: str) -> None:
    task, body = TASKS[name], SENT[name][0]

    answer, again = (ask(simulator_url, name, body) for _ in range(2))

    assert answer.content == again.content
    media_type = answer.headers["content-type"]
    if task.file is not None:
        assert media_type == FILES[task.file]
        CHECKS[media_type](answer.content)
        return
    assert media_type == "application/json"
    value = answer.json()
    task.answers.validate_python(value, strict=True)
    for field, text in files_in(value):
        check = check_sound if field == "blob" else check_picture
        check(base64.b64decode(text, validate=True))


def test_a_text_has_the_same_vector_wherever_it_stands(simulator_url: str) -> None:
    task = "feature-extraction"

    first, second = told(simulator_url, task, inputs=["a", "b"])
    again, other = told(simulator_url, task, inputs=["b", "a"])
    (alone,) = told(simulator_url, task, inputs="a")

    assert first == other == alone
    assert second == again != first
    assert sum(number * number for number in alone) == pytest.approx(1.0, abs=1e-4)


def test_scores_come_with_the_surest_first_and_make_one(simulator_url: str) -> None:
    labels = {"candidate_labels": ["x", "y", "z"]}
    for task, body in (
        ("zero-shot-classification", {"inputs": "a", "parameters": labels}),
        ("text-classification", {"inputs": "a"}),
        ("image-classification", {"inputs": base64.b64encode(IMAGE).decode()}),
    ):
        listed = told(simulator_url, task, **body)
        scores = [one["score"] for one in (listed[0] if isinstance(listed[0], list) else listed)]
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) == pytest.approx(1.0, abs=1e-5)


def test_names_and_answers_stand_where_they_say(simulator_url: str) -> None:
    text = "Ada met Charles in London."
    for one in told(simulator_url, "token-classification", inputs=text):
        assert text[one["start"] : one["end"]] == one["word"]
    asked = {"question": "Who?", "context": text}
    found = told(simulator_url, "question-answering", inputs=asked)
    assert text[found["start"] : found["end"]] == found["answer"]


def test_every_text_is_ranked_once(simulator_url: str) -> None:
    asked = {"query": "a", "texts": ["b", "c", "d"]}

    ranks = told(simulator_url, "text-ranking", inputs=asked)

    assert sorted(rank["index"] for rank in ranks) == [0, 1, 2]
    scores = [rank["score"] for rank in ranks]
    assert scores == sorted(scores, reverse=True)


def test_a_picture_is_as_large_as_asked_for_and_a_mask_as_its_picture(simulator_url: str) -> None:
    size = {"width": 33, "height": 17}
    check_picture(ask(simulator_url, "text-to-image", {"inputs": "a", "parameters": size}).content)
    (segment,) = ask(simulator_url, "image-segmentation", IMAGE).json()
    check_picture(base64.b64decode(segment["mask"]), (10, 7))


@pytest.mark.parametrize("fault", ["nul", "bad-utf8", "wrong-shape", "garbage", "empty"])
@pytest.mark.parametrize("name", ["feature-extraction", "fill-mask", "tabular-regression"])
def test_any_answer_can_be_spoilt(simulator_url: str, name: str, fault: str) -> None:
    path = f"{simulator_url}/hf-inference/models/sim/{fault}/pipeline/{name}"
    headers = {"authorization": f"Bearer {TOKEN}"}

    answer = httpx2.post(path, json=SENT[name][0], headers=headers, trust_env=False)

    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        TASKS[name].answers.validate_json(answer.content)
