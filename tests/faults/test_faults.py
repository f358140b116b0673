"""Every scenario in its short form, and what `make faults` makes of them."""

import random
import tempfile
from pathlib import Path

import pytest

from tests.faults import __main__ as command
from tests.faults.catalogue import SCENARIOS
from tests.faults.scenario import Scenario, Stage, expect, expect_equal

SHORT = 0.1


@pytest.mark.timeout(120)  # servers start, on a machine that runs other tests too
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
async def test_the_promise_holds(scenario: Scenario, tmp_path: Path) -> None:
    decisions = random.Random(random.getrandbits(32))  # noqa: S311 - told by pytest-randomly

    assert await scenario.run(Stage(tmp_path, decisions, SHORT))


def test_names_are_unique_and_say_their_family() -> None:
    names = [one.name for one in SCENARIOS]

    assert len(set(names)) == len(names)
    assert all(one.count("/") == 1 for one in names)


def test_all_of_it_stays_under_fifteen_minutes() -> None:
    assert sum(one.seconds for one in SCENARIOS) < 15 * 60


async def _hold(stage: Stage) -> str:
    return f"saw {stage.count(20)}"


async def _break(stage: Stage) -> str:
    expect_equal(len(list(stage.folder.iterdir())), 1, "files")
    return "nothing"


@pytest.fixture
def scenarios(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put two small scenarios into the place of the real ones, and what they leave into ours."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    small = (
        Scenario("good/one", "all is well", 0.01, _hold),
        Scenario("bad/one", "there is a file", 0.01, _break),
    )
    monkeypatch.setattr(command, "SCENARIOS", small)


@pytest.mark.usefixtures("scenarios")
def test_a_promise_that_holds_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["good", "--seed", "7"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("seed 7\n> good/one: all is well\n  saw 20 (")
    assert said.endswith("every promise held\n")


@pytest.mark.usefixtures("scenarios")
def test_a_broken_promise_is_exit_1_and_the_others_are_tried_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command.main(["bad", "good"]) == 1

    said = capsys.readouterr().out
    assert "files: 0, and should be 1" in said
    assert "broken: bad/one: there is a file\n1 promises broken\n" in said
    assert "saw 20" in said
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]  # of the broken one


@pytest.mark.usefixtures("scenarios")
def test_a_slice_is_small_goes_on_for_its_time_and_can_be_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["good", "--minutes", "0.002", "--seed", "3"]

    assert command.main(arguments) == 0

    said = capsys.readouterr().out
    assert said.count("  saw 5 (") > 1


@pytest.mark.usefixtures("scenarios")
def test_an_unknown_name_is_exit_2_and_the_known_ones_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.main(["ugly"]) == 2

    assert capsys.readouterr().out == "No such scenario. There are: good/one, bad/one\n"


def test_expecting_says_what_was_seen() -> None:
    with pytest.raises(AssertionError, match="rows: 2, and should be 1"):
        expect_equal(2, 1, "rows")
    with pytest.raises(AssertionError, match="no answer"):
        expect(None, "no answer")


def test_the_page_lists_every_scenario_with_its_promise() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/faults.md").read_text(encoding="utf-8")

    _, _, table = page.partition("| scenario | what must hold |\n|---|---|\n")
    rows = table.partition("\n\n")[0].splitlines()

    assert rows == [f"| `{one.name}` | {one.promise} |" for one in SCENARIOS]
