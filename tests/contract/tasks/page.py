"""Writes `docs/tasks.md` from the catalogue and from what the tests try: `make docs`."""

import sys
from typing import Final

from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task
from tests.architecture.source import ROOT
from tests.contract.javascript.asking import CASES as IN_JAVASCRIPT
from tests.contract.tasks.asking import CASES

PAGE: Final = ROOT / "docs" / "tasks.md"
_HEAD: Final = """# Tasks of Hugging Face

Written by `make docs` from the catalogue, `app/core/tasks/`, and from the tests of
`tests/contract/tasks` and `tests/integration/tasks`, which ask a running gateway for each task.

A call of a task needs a key as a chat does, counts into the same limits and budgets, and leaves one
entry in the ledger, in the units of its task. Those have prices of their own:
[settings.md](settings.md#the-gateway-file). Text counts against a limit of tokens as a token for
four characters; pictures and sounds count as none.

| Where | What for |
|---|---|
| `POST /hf-inference/models/{model}` | the task that the operator, or the Hub, says of the model |
| `POST /hf-inference/models/{model}/pipeline/{task}` | a task that is named |
| `POST /models/{model}` | the same as the first, for scripts of the retired API |
| `POST /v1/tasks/{task}` | a named task; `model` stands in the body or the query |
| `GET /v1/tasks` | the forms of all tasks, as JSON Schema |
| `POST /hf-inference/models/{model}/v1/chat/completions` | chat with the model |
| `POST /hf-inference/models/{model}/v1/completions` | text-generation in OpenAI's older form |
| `GET /hf-inference/models/{model}/health`, `.../info` | that somebody answers for it; its task |

With `"stream": true` text-generation answers token by token, in TGI's form, at each of these URLs.

A file is sent as its bytes where the table says so, or as JSON with the file in base64 as `inputs`.
Upstreams of the kind `huggingface` do tasks; a model with none of those is refused before anything
is held. A file that nobody can measure is bound by its bytes, and its entry says `estimated`.

`yes` under Python: `huggingface_hub`'s method is tried at the first three URLs, sync and async, and
what it returns is compared. `yes` under JavaScript: the same with `@huggingface/inference` in
Node.js, at the first URL. `only /v1/tasks`: the client sends this task to no URL of one's own.

| Task | Takes | Gives | Measured in | Python | JavaScript | |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    return _HEAD + "".join(_line(task) for task in TASKS.values())


def _line(task: Task) -> str:
    python = _tried(task, task.python, "python", {case.task for case in CASES})
    javascript = _tried(task, task.javascript, "javascript", {case.task for case in IN_JAVASCRIPT})
    takes = f"{task.raw} or JSON" if task.raw else "JSON"
    units = task.reads if task.writes is None else f"{task.reads} in, {task.writes} out"
    gives = task.file or "JSON"
    cells = (f"`{task.name}`", takes, gives, units, python, javascript, task.summary)
    return f"| {' | '.join(cells)} |\n"


def _tried(task: Task, method: str | None, client: str, tried: set[str]) -> str:
    """Return whether a client's method is tried, and if not, why."""
    if task.is_chat:
        return "yes, as chat"
    if task.name in tried:
        return "yes"
    if method is None:
        return "no method"
    return "only /v1/tasks" if client in task.no_url else "not tried"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(TASKS)} tasks\n")
