"""What `make prove` says, in the README too."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.prove import ASKED, FITTING, Findings

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"^```sh\nmake prove\n```\n\n.*?^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOOD = Findings(admitted=FITTING, oversold_nusd=0, answers=480, rows=480, open_holds=0, broken=())


def test_the_readme_shows_what_is_printed_when_all_is_well() -> None:
    shown = SHOWN.search(README)
    assert shown is not None
    [line] = shown[1].splitlines()
    numbers = re.search(r"received (\d+), rows (\d+)", line)
    assert numbers is not None

    answers, rows = map(int, numbers.groups())

    assert line == replace(GOOD, answers=answers, rows=rows).line
    assert not replace(GOOD, answers=answers, rows=rows).wrong


def test_a_good_proof_has_nothing_wrong() -> None:
    assert GOOD.line == (
        f"admitted 37 of {ASKED} · oversold $0.00 · answers received 480, rows 480 · "
        "open holds 0 · verify clean"
    )
    assert not GOOD.wrong


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"admitted": 38}, "admitted: 38, and 37 fit"),
        ({"admitted": 36}, "admitted: 36, and 37 fit"),
        ({"oversold_nusd": 1}, "oversold: $0.000000001 above the cap"),
        ({"rows": 479}, "rows: 479 for 480 answers"),
        ({"answers": 0, "rows": 0}, "answers received: none"),
        ({"open_holds": 2}, "open holds: 2, though nothing runs"),
        ({"broken": ("req_1: settled, and held too",)}, "verify: req_1: settled, and held too"),
        ({"notes": ("refused: 1",)}, "refused: 1"),
    ],
)
def test_each_number_can_be_wrong(change: dict[str, Any], said: str) -> None:
    findings = replace(GOOD, **change)

    assert findings.wrong == [said]
