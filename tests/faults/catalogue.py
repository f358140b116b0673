"""Every scenario there is. A family is a module of this package; the next one goes here."""

from typing import Final

from tests.faults import (
    budgets,
    clocks,
    database,
    disk,
    kills,
    leaving,
    matrix,
    overshoot,
    power,
    turns,
)

SCENARIOS: Final = (
    *budgets.SCENARIOS,
    *turns.SCENARIOS,
    *overshoot.SCENARIOS,
    *kills.SCENARIOS,
    *leaving.SCENARIOS,
    *database.SCENARIOS,
    *disk.SCENARIOS,
    *clocks.SCENARIOS,
    *power.SCENARIOS,
    *matrix.SCENARIOS,
)
