"""What is written about tasks and clients is so."""

from app.core.tasks.catalogue import TASKS
from tests.contract.tasks.page import PAGE, page
from tests.integration.tasks.sent import SENT


def test_the_page_of_tasks_is_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs"


def test_each_cell_of_the_page_of_tasks_has_a_test() -> None:
    lines = [line.split(" | ") for line in page().splitlines() if line.startswith("| `")]

    assert len(lines) == len(TASKS)
    for name, letters, _, _, _, units, python, javascript, _ in lines:
        task = TASKS[name.strip("| `")]
        is_covered = task.is_chat or task.name in SENT  # what each entry is compared with
        assert letters.split(), f"{name} is tried at no route: tests/integration/tasks/routes.py"
        assert is_covered, (
            f"{name} is measured by no test: tests/integration/tasks/test_metering.py"
        )
        assert str(task.reads) in units
        assert python != "not tried", f"{name}: tests/contract/tasks/asking.py"
        assert javascript != "not tried", f"{name}: tests/contract/javascript/asking.py"
