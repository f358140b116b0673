"""Writes `docs/tasks.md` from the catalogue and from what the tests try: `make docs`."""

import sys
from typing import Final

from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task
from app.services.providers.kinds import kinds_for
from tests.architecture.source import ROOT
from tests.contract.javascript.asking import CASES as IN_JAVASCRIPT
from tests.contract.tasks.asking import CASES
from tests.integration.tasks.routes import PLACES, Place, letters_of

PAGE: Final = ROOT / "docs" / "tasks.md"
_HEAD: Final = """# Tasks of Hugging Face

Written by `make docs` from the catalogue, `app/core/tasks/`, and from the tests of
`tests/contract/tasks` and `tests/integration/tasks`, which ask a running gateway for each task.

A call of a task needs a key as a chat does, counts into the same limits and budgets, and leaves one
entry in the ledger, in the units of its task. Those have prices of their own:
[settings.md](settings.md#the-gateway-file). Text counts against a limit of tokens as a token for
four characters; pictures and sounds count as none.

{places}
With `"stream": true` text-generation answers token by token, in TGI's form, at each of these URLs.

A file is sent as its bytes where the table says so, or as JSON with the file in base64 as `inputs`.
Which kinds of upstreams can do a task stands under "By"; a model with none of those is refused
before anything is held. A file that nobody can measure is bound by its bytes, and its entry says
`estimated`.

Each letter under "Asked at" is a route at which a test asks a running gateway for the task, with
each form of body, and checks the answer and its entry; the units are compared with what was sent.
`yes` under Python: `huggingface_hub`'s method is tried at A, some at B and C, sync and async, and
what it returns is compared. `yes` under JavaScript: the same with `@huggingface/inference` in
Node.js, at A. `only /v1/tasks`: the client sends this task to no URL of one's own.

| Task | Asked at | By | Takes | Gives | Measured in | Python | JavaScript | |
|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    return _HEAD.replace("{places}", _places()) + "".join(map(_line, TASKS.values()))


def _places() -> str:
    lines = [f"| {one.letter} | `POST {_plain(one)}` | {one.use} |\n" for one in PLACES]
    others = (
        "| | `GET /hf-inference/models/{model}/health`, `.../info` | that somebody answers for it; "
        "its task |\n| | `GET /v1/tasks` | the forms of all tasks, as JSON Schema |\n"
    )
    return "| | Where | What for |\n|---|---|---|\n" + "".join(lines) + others


def _plain(place: Place) -> str:
    return place.path.partition("?")[0]


def _line(task: Task) -> str:
    python = _tried(task, task.python, "python", {case.task for case in CASES})
    javascript = _tried(task, task.javascript, "javascript", {case.task for case in IN_JAVASCRIPT})
    takes = f"{task.raw} or JSON" if task.raw else "JSON"
    units = task.reads if task.writes is None else f"{task.reads} in, {task.writes} out"
    gives = task.file or "JSON"
    cells = (
        *(f"`{task.name}`", letters_of(task), _kinds(task), takes, gives, units),
        *(python, javascript, task.summary),
    )
    return f"| {' | '.join(cells)} |\n"


def _kinds(task: Task) -> str:
    return "huggingface, openai" if task.is_chat else ", ".join(kinds_for(task))


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
