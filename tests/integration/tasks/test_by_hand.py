"""`/v1/tasks`, the ways of old scripts, and what a client's name changes."""

import base64

import pytest

from app.core.tasks.catalogue import TASKS
from app.simulator.tasks.files import png, wav
from tests.integration.tasks.asking import Gateway

TEXT = {"inputs": "A [MASK]"}
JAVASCRIPT, PYTHON = "@huggingface/inference/4.13.30", "unknown/None; hf_hub/2.4.0"


def test_the_list_says_what_each_task_takes_and_gives(gateway: Gateway) -> None:
    listed = {task["id"]: task for task in gateway.client.get("/v1/tasks").json()["data"]}

    assert listed.keys() == TASKS.keys()
    assert "candidate_labels" in str(listed["zero-shot-classification"]["input_schema"])
    assert (listed["text-to-image"]["output_file"], listed["text-to-image"]["unit_out"]) == (
        "image",
        "pixel",
    )


def test_the_model_stands_in_the_body_or_the_url(gateway: Gateway) -> None:
    in_body = gateway.post("/v1/tasks/fill-mask", {**TEXT, "model": "org/fill-mask"})
    in_url = gateway.post("/v1/tasks/fill-mask?model=org/fill-mask", TEXT)
    both = gateway.post("/v1/tasks/fill-mask?model=org/else", {**TEXT, "model": "org/fill-mask"})
    neither = gateway.post("/v1/tasks/fill-mask", TEXT)

    assert in_body.json() == in_url.json()
    assert (in_body.status_code, both.status_code, neither.status_code) == (200, 400, 400)
    assert neither.json()["error"]["code"] == "model_required"


@pytest.mark.parametrize("task", ["text-to-video", "image-to-video", "tabular-regression"])
def test_what_no_client_sends_to_a_url_is_done_here(gateway: Gateway, task: str) -> None:
    bodies = {
        "text-to-video": {"inputs": "a cat"},
        "image-to-video": {"inputs": base64.b64encode(png(2, 2)).decode()},
        "tabular-regression": {"table": {"a": [1, 2, 3]}},
    }

    answer = gateway.post(f"/v1/tasks/{task}", {**bodies[task], "model": f"org/{task}"})

    assert answer.status_code == 200
    assert answer.content[4:8] == b"ftyp" or len(answer.json()) == 3


def test_a_name_of_the_operators_own_goes_to_who_can(gateway: Gateway) -> None:
    answer = gateway.post("/hf-inference/models/mine", TEXT)

    assert answer.status_code == 200
    assert gateway.last_entry()["upstream"] == "hub"


def test_the_only_caption_is_bare_for_javascript(gateway: Gateway) -> None:
    for agent, shape in ((JAVASCRIPT, dict), (PYTHON, list), ("curl/8", list)):
        answer = gateway.ask("image-to-text", png(2, 2), user_agent=agent)
        assert isinstance(answer.json(), shape)


def test_what_old_scripts_say_goes_on(gateway: Gateway) -> None:
    body = {**TEXT, "options": {"wait_for_model": True, "use_cache": None, "use_gpu": False}}
    answer = gateway.post("/models/org/fill-mask", body, x_use_cache="False")

    assert answer.status_code == 200
    calls = gateway.simulator.get("/simulator/calls").json()["data"]
    assert calls[-1]["options"] == {"x-wait-for-model": "true", "x-use-cache": "false"}
    assert calls[-1]["path"] == "/hf-inference/models/org/fill-mask"


def test_a_header_goes_before_an_option(gateway: Gateway) -> None:
    body = {**TEXT, "options": {"wait_for_model": False}}

    assert gateway.ask("fill-mask", body, x_wait_for_model="1").status_code == 200

    calls = gateway.simulator.get("/simulator/calls").json()["data"]
    assert calls[-1]["options"] == {"x-wait-for-model": "true"}


def test_a_switch_that_is_neither_on_nor_off_is_refused(gateway: Gateway) -> None:
    in_header = gateway.ask("fill-mask", TEXT, x_wait_for_model="perhaps")
    in_body = gateway.ask("fill-mask", {**TEXT, "options": {"use_cache": "perhaps"}})

    assert (in_header.status_code, in_body.status_code) == (400, 400)
    assert "`x-wait-for-model`" in in_header.json()["error"]
    assert "`options.use_cache`" in in_body.json()["error"]


def test_a_model_that_loads_is_waited_for(gateway: Gateway) -> None:
    path = "/hf-inference/models/sim/503-then-ok-1/pipeline/fill-mask"

    answer = gateway.post(path, {**TEXT, "options": {"wait_for_model": True}})

    assert answer.status_code == 200
    assert gateway.last_entry()["attempts"] == 2


@pytest.mark.parametrize(
    "said", ["", "application/octet-stream", "application/x-www-form-urlencoded"]
)
def test_a_body_of_which_nothing_is_said_is_known_by_its_bytes(gateway: Gateway, said: str) -> None:
    said_of_it = {"content_type": said} if said else {}

    for task, body in (
        ("image-classification", png(2, 2)),
        ("audio-classification", wav(1)),
        ("fill-mask", b' {"inputs": "A [MASK]"}'),
    ):
        assert gateway.ask(task, body, **said_of_it).status_code == 200
    refused = gateway.ask("image-classification", wav(1), **said_of_it)
    unknown = gateway.ask("image-classification", b"nothing that is known", **said_of_it)

    assert (refused.status_code, unknown.status_code) == (400, 400)
    assert "these bytes are audio/wav" in refused.json()["error"]


def test_a_named_task_goes_on_as_named(gateway: Gateway) -> None:
    gateway.post("/hf-inference/models/anybody/anything/pipeline/fill-mask", TEXT)

    calls = gateway.simulator.get("/simulator/calls").json()["data"]
    assert calls[-1]["path"] == "/hf-inference/models/anybody/anything/pipeline/fill-mask"


@pytest.mark.parametrize("fault", ["garbage", "empty", "error-answer", "cut-0"])
def test_nonsense_of_an_upstream_is_no_answer(gateway: Gateway, fault: str) -> None:
    path = f"/hf-inference/models/sim/{fault}/pipeline/fill-mask"

    answer = gateway.post(path, TEXT)

    assert answer.status_code in {502, 504}, answer.text
    assert isinstance(answer.json()["error"], str)
    assert gateway.last_entry()["status"] == "error"


def test_a_bad_tag_or_class_is_refused(gateway: Gateway) -> None:
    assert gateway.ask("fill-mask", TEXT, x_meterhouse_class="soon").status_code == 400
    assert gateway.ask("fill-mask", TEXT, x_meterhouse_tags="a=b").status_code == 200
    assert gateway.last_entry()["tags"] == {"a": "b"}


def test_of_stored_files_only_the_size_is_kept(gateway: Gateway) -> None:
    team = gateway.client.post("/v1/teams", json={"name": "t"}).json()
    key = gateway.client.post("/v1/keys", json={"name": "k", "team_id": team["id"]}).json()
    rule = {"scope": "team", "scope_id": team["id"]}
    assert gateway.client.post("/v1/admin/body-rules", json=rule).status_code == 201
    own = f"Bearer {key['secret']}"

    gateway.ask("image-to-image", png(50, 50), authorization=own)

    entries = gateway.client.get(f"/v1/admin/usage/entries?team_id={team['id']}").json()["data"]
    stored = gateway.client.get(f"/v1/admin/usage/entries/{entries[0]['id']}/body").json()
    assert "bytes of image/png]" in stored["request"]
    assert "bytes of image/png]" in stored["answer"]
    assert len(stored["request"]) < 50, stored
