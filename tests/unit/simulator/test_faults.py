"""How faults are asked for."""

import re
from pathlib import Path

import pytest

from app.simulator.behaviour import Behaviour
from app.simulator.fault_table import FAULTS
from app.simulator.faults import FaultError, behave, faults_in_model, parse_faults

DOCS = Path(__file__).parents[3] / "docs" / "simulator.md"


def read(text: str) -> list[tuple[str, int]]:
    return [(fault.name, value) for fault, value in parse_faults(text)]


@pytest.mark.parametrize(
    "text",
    [
        "cut=3; chunk-delay=50; no-done",
        "cut-3+chunk-delay-50+no-done",
        "cut=3;chunk-delay-50; no-done;",
    ],
)
def test_both_ways_of_writing_say_the_same(text: str) -> None:
    assert read(text) == [("cut", 3), ("chunk-delay", 50), ("no-done", 0)]


@pytest.mark.parametrize("text", ["503-then-ok-2", "503-then-ok=2", "status=503; times=2"])
def test_a_status_that_passes_has_a_short_form(text: str) -> None:
    assert read(text) == [("status", 503), ("times", 2)]
    assert faults_in_model("sim/503-then-ok-2:groq") == parse_faults(text)


def test_the_short_form_can_be_combined() -> None:
    assert read("429-then-ok-1+retry-after-2") == [
        ("status", 429),
        ("times", 1),
        ("retry-after", 2),
    ]


def test_no_text_asks_for_nothing() -> None:
    assert read("") == []


def test_a_model_name_asks_for_faults_only_after_its_prefix() -> None:
    assert [fault.name for fault, _ in faults_in_model("sim/status-429+times-1:groq")] == [
        "status",
        "times",
    ]
    assert faults_in_model("org/cut-3") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cutt=3", "unknown fault 'cutt', did you mean cut?"),
        ("qqqqqq", "unknown fault 'qqqqqq', known are delay, chunk-delay"),
        ("cut", "the fault 'cut' needs a value: cut=<events>"),
        ("no-done=1", "the fault 'no-done' takes no value"),
        ("status=200", "takes a status from 400 to 599, not 200"),
        ("200-then-ok=1", "takes a status from 400 to 599, not 200"),
        ("503-then-ok", "'503-then-ok' needs a value: 503-then-ok=<requests>"),
        ("gzip=1001", "takes a size in MB from 0 to 1000, not 1001"),
        ("cut=soon", "'cut=soon' is not the name of a fault"),
        ("cut=-1", "'cut=-1' is not the name of a fault"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(FaultError, match=re.escape(message)):
        parse_faults(text)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_changes_something_of_its_own(fault: object) -> None:
    changed = [behave([(one, 7)], Behaviour()) for one in FAULTS if one is fault]
    others = [behave([(one, 7)], Behaviour()) for one in FAULTS if one is not fault]
    assert changed[0] != Behaviour()
    assert changed[0] not in others


def test_the_documentation_has_exactly_the_rows_of_the_table() -> None:
    rows = [
        f"| `{fault.name}{'=' + fault.unit if fault.unit else ''}` | {fault.summary} |"
        for fault in FAULTS
    ]
    section = DOCS.read_text(encoding="utf-8").partition("## Faults")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows
