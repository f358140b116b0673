import pytest

from benchmarks.bursts import Burst, Load
from benchmarks.figures import Bar, Body, sum_up
from benchmarks.report import number, render, render_table
from benchmarks.subjects import HARD


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (0.0, "0.000"),
        (0.1234, "0.123"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
        (-1.234, "-1.23"),
    ],
)
def test_numbers_keep_three_digits(value: float | None, written: str) -> None:
    assert number(value) == written


def test_a_table_is_aligned_and_is_markdown() -> None:
    assert render_table(("name", "x"), [("a", "1,000"), ("longer", "2")]) == [
        "| name   |     x |",
        "| :----- | ----: |",
        "| a      | 1,000 |",
        "| longer |     2 |",
    ]


def test_the_report_says_pass_or_falls_short_and_shows_the_ratios() -> None:
    whole, paced = Load(16), Load(1, pace_ms=5)
    quick = Burst(1000, 0, 1.0, 0, cpu_seconds=0.1, complaint="", answer_p50_ms=1.0)
    waits = {0.001: 50.0, 0.002: 100.0, float("inf"): 100.0}
    slow = Burst(500, 0, 1.0, 0, cpu_seconds=0.2, complaint="", answer_p50_ms=2.0, waits=waits)
    hard = Burst(400, 0, 1.0, 0, cpu_seconds=0.2, complaint="", answer_p50_ms=2.0, waits=waits)
    stream = Burst(4, 0, 1.0, 208, cpu_seconds=0.1, complaint="", first_p50_ms=0.5)
    later = Burst(4, 0, 1.0, 208, cpu_seconds=0.1, complaint="", first_p50_ms=1.75)
    table = {
        ("direct", whole): sum_up([quick]),
        ("null route", whole): sum_up([quick]),
        ("gateway", whole): sum_up([slow]),
        (HARD, whole): sum_up([hard]),
        ("direct", paced): sum_up([stream]),
        ("gateway", paced): sum_up([later]),
    }
    bars = [Bar("fast", 1, 2, "ms"), Bar("small", 101, 100, "MB")]
    lines = render(table, bars, Body(1.2, 0.9, 0.8, 80, 90))
    text = "\n".join(lines)
    assert "| fast  |  1.00 ms |   <= 2 ms |        pass |" in lines
    assert "| small |   101 MB | <= 100 MB | falls short |" in lines
    [gateway] = [line for line in lines if line.startswith("| gateway    ")]
    assert [cell.strip() for cell in gateway.split("|")[3:7]] == ["500", "2,500", "0.250", "0.500"]
    [intent] = [line for line in lines if line.startswith("| durable intent")]
    assert [cell.strip() for cell in intent.split("|")[2:6]] == ["16", "1.00", "1.98", "0.800"]
    [paced_line] = [line for line in lines if line.startswith("| gateway, stream, 5 ms apart")]
    assert [cell.strip() for cell in paced_line.split("|")[4:6]] == ["1.75", "1.25"]
    assert "80 MB idle, 90 MB after the load" in text
