"""How many calls may be repeated."""

from app.services.routing.retry_budget import RetryBudget


def taken(budget: RetryBudget, now: float, tries: int) -> int:
    return sum(budget.take(now) for _ in range(tries))


def test_a_quiet_upstream_allows_three_repeats_a_second() -> None:
    assert taken(RetryBudget(), 0.0, 100) == 30


def test_a_busy_one_allows_a_fifth_of_its_calls_besides() -> None:
    budget = RetryBudget()
    for _ in range(500):
        budget.note_call(0.0)

    assert taken(budget, 0.0, 1_000) == 130


def test_what_was_ten_seconds_ago_is_forgotten() -> None:
    budget = RetryBudget()
    for _ in range(500):
        budget.note_call(0.0)
    taken(budget, 0.0, 1_000)

    assert taken(budget, 9.9, 100) == 0
    assert taken(budget, 10.0, 100) == 30


def test_what_is_left_is_what_can_be_taken() -> None:
    budget = RetryBudget()
    for _ in range(103):
        budget.note_call(0.0)

    assert budget.left(0.0) == 51
    assert taken(budget, 0.0, 50) == 50
    assert budget.left(0.0) == 1
    assert taken(budget, 0.0, 50) == 1
    assert (budget.left(0.0), budget.left(9.9), budget.left(10.0)) == (0, 0, 30)
