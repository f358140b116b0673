"""A few seconds of `make soak`, and what it calls wrong."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.soak import Findings, soak

GOOD = Findings(Counter(answered=90, left=9, failed=1), rows=100, warm_mb=100, end_mb=109)


@pytest.mark.timeout(120)  # a server starts, on a machine that runs other tests too
async def test_mixed_calls_with_faults_leave_one_row_each_and_nothing_held(tmp_path: Path) -> None:
    chance = random.Random(random.getrandbits(32))  # noqa: S311 - told by pytest-randomly

    found = await soak(tmp_path, 2, chance)

    assert found.calls["answered"]
    assert found.warm_mb
    assert not replace(found, warm_mb=found.end_mb).wrong  # it is not warm yet


def test_a_good_soak_has_nothing_wrong() -> None:
    assert not GOOD.wrong
    assert GOOD.line == (
        "100 calls (90 answered, 9 left, 1 failed), 100 rows; memory 100.0 MB when warm, "
        "109.0 MB in the end (+9.0%); verify clean"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"end_mb": 110.1}, "memory: 110.1 MB, and 100.0 MB when warm"),
        ({"rows": 99}, "rows: 99 for 100 calls"),
        ({"calls": Counter(answered=99, cut=1)}, "streams without a typed end: 1"),
        ({"calls": Counter(failed=100)}, "answers: none"),
        ({"verify": "verify: a hold is left"}, "verify: a hold is left"),
    ],
)
def test_each_number_can_be_wrong(change: dict[str, Any], said: str) -> None:
    assert replace(GOOD, **change).wrong == [said]
