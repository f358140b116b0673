"""Models are listed with the tasks that they are known to do."""

from tests.integration.tasks.asking import Gateway


def _tasks(gateway: Gateway) -> dict[str, list[str]]:
    listed = gateway.client.get("/v1/models").json()["data"]
    return {one["id"]: one["tasks"] for one in listed}


def _make(gateway: Gateway, name: str, model: str, **fields: str) -> None:
    targets = [{"upstream": "hub", "model": model}]
    body = {"name": name, "targets": targets, **fields}
    answer = gateway.client.post("/v1/admin/models", json=body)
    assert answer.status_code == 201, answer.text


def test_a_model_has_the_task_that_the_operator_states(gateway: Gateway) -> None:
    _make(gateway, "stated", "org/fill-mask", task="sentiment-analysis")

    tasks = _tasks(gateway)

    assert (tasks["mine"], tasks["stated"]) == (["fill-mask"], ["text-classification"])


def test_a_model_without_a_stated_task_has_that_of_the_hub(gateway: Gateway) -> None:
    _make(gateway, "drawing", "org/text-to-image")
    _make(gateway, "vectors", "org/feature-extraction")
    _make(gateway, "strange", "org/nobody-knows-this")

    tasks = _tasks(gateway)

    assert tasks["drawing"] == ["text-to-image"]
    assert tasks["vectors"] == ["feature-extraction", "sentence-similarity"]  # it does both
    assert tasks["strange"] == tasks["chatty"] == []


def test_what_a_router_lists_chats(gateway: Gateway) -> None:
    tasks = _tasks(gateway)

    assert tasks["openai/gpt-oss-20b"] == ["chat-completion"]
    assert tasks["Qwen/Qwen2.5-VL-7B-Instruct"] == ["chat-completion", "image-text-to-text"]


def test_one_model_is_shown_with_all_that_the_hub_says(gateway: Gateway) -> None:
    shown = gateway.client.get("/v1/models/openai/gpt-oss-20b:fastest").json()
    _make(gateway, "drawing", "org/text-to-image")

    assert shown["tasks"] == ["chat-completion"]  # which the Hub says, too
    assert gateway.client.get("/v1/models/drawing").json()["tasks"] == ["text-to-image"]
