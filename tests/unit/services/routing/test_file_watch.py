"""A changed gateway file is taken over once it rests, or refused as a whole."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, load_gateway
from app.core.telemetry import Metrics
from app.services.routing.file_watch import GatewayFileWatch
from app.services.routing.live_models import LiveModels

UPSTREAM = '[upstreams.one]\nkind = "openai"\nbase_url = "http://one.test/v1"\n'


def model(name: str) -> str:
    """Return a file with one model."""
    return f'{UPSTREAM}[models.{name}]\ntargets = [{{ upstream = "one", model = "a" }}]\n'


class Watched:
    """A gateway file, what watches it, and what has been taken from it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "gateway.toml"
        self._moment = 1_000_000_000
        self.write(model("first"))
        settings = Settings(config_file=self._file, secrets_dir=folder)
        self.taken: list[GatewayConfig] = []
        self.metrics = Metrics()
        self.started = load_gateway(settings)
        live = LiveModels(self.started, (self.taken.append,))
        self.watch = GatewayFileWatch(settings, live, self.metrics)

    def write(self, text: str) -> None:
        """Write the file, later than before."""
        self._file.write_text(text, encoding="utf-8")
        self._moment += 1
        os.utime(self._file, (self._moment, self._moment))

    def remove(self) -> None:
        self._file.unlink()

    def names(self) -> list[list[str]]:
        return [list(config.models) for config in self.taken]

    def count(self, outcome: str) -> float:
        labels = {"outcome": outcome}
        name = "meterhouse_gateway_file_reads_total"
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setenv("A_TOKEN", "secret-a")
    return Watched(tmp_path)


async def test_a_file_that_stays_as_it_is_is_not_read_again(watched: Watched) -> None:
    for _ in range(3):
        await watched.watch.look()
    assert watched.taken == []


async def test_a_changed_file_is_taken_once_it_rests(watched: Watched) -> None:
    watched.write(model("second"))
    await watched.watch.look()
    assert watched.taken == []
    watched.write(model("third"))
    await watched.watch.look()
    assert watched.taken == []
    await watched.watch.look()
    await watched.watch.look()
    assert watched.names() == [["third"]]
    assert watched.count("taken") == 1


async def test_prices_and_the_default_model_change_with_it(watched: Watched) -> None:
    price = '[[prices]]\nmodel = "a"\ninput = 1\noutput = 2\n'
    watched.write(f'default_model = "first"\n{model("first")}{price}')
    await watched.watch.read()
    (config,) = watched.taken
    assert config.default_model == "first"
    assert len(config.prices) == 1


async def test_a_bad_file_is_refused_with_one_line_that_has_every_problem(watched: Watched) -> None:
    watched.write(model("second").replace("model =", "modle =") + "colour = 1\n")
    with capture_logs() as logs:
        for _ in range(4):
            await watched.watch.look()
    assert watched.taken == []
    (line,) = logs
    assert (line["event"], line["log_level"]) == ("gateway_file_refused", "error")
    first, second = (problem.rpartition("gateway.toml: ")[2] for problem in line["problems"])
    assert first == "models.second.targets[0].modle: unknown field, did you mean model?"
    assert second.startswith("models.second.colour: unknown field, known are audio_tokens, ")
    assert (watched.count("refused"), watched.count("taken")) == (1, 0)

    watched.write(model("third"))
    await watched.watch.look()
    await watched.watch.look()
    assert watched.names() == [["third"]]


@pytest.mark.parametrize(
    "change",
    [
        'token = { env = "A_TOKEN" }',
        "max_parallel = 3",
        '[upstreams.two]\nkind = "openai"\nbase_url = "http://two.test/v1"',
    ],
)
async def test_other_upstreams_are_refused_by_name_and_without_their_secrets(
    watched: Watched, change: str
) -> None:
    watched.write(model("second").replace("\n[models", f"\n{change}\n[models"))
    with capture_logs() as logs:
        await watched.watch.read()
    assert watched.taken == []
    (problem,) = logs[0]["problems"]
    name = "two" if "two" in change else "one"
    assert f"upstreams.{name}: is not as it was at the start" in problem
    assert "change with a restart only" in problem
    assert "secret-a" not in str(logs)


async def test_a_file_that_is_gone_or_nonsense_changes_nothing(watched: Watched) -> None:
    watched.write("a = " + "[" * 5_000)
    await watched.watch.read()
    watched.remove()
    await watched.watch.look()
    await watched.watch.look()
    assert watched.taken == []
    assert watched.count("refused") == 2


async def test_what_runs_in_the_place_of_the_upstreams_stays(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    stand_in = {"kind": "openai", "base_url": "http://stand.in/v1"}
    running = GatewayConfig.model_validate({"upstreams": {"one": stand_in}})
    settings = Settings(config_file=tmp_path / "gateway.toml", secrets_dir=tmp_path)
    live = LiveModels(running, (watched.taken.append,))
    watched.write(model("second"))
    await GatewayFileWatch(settings, live, Metrics()).read()
    assert watched.names() == [["second"]]
    assert watched.taken[0].upstreams == running.upstreams


async def test_another_working_directory_names_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = tmp_path / "ours.test", tmp_path / "theirs.test"
    for folder in (ours, theirs):
        folder.mkdir()
    taken: list[GatewayConfig] = []
    live = LiveModels(GatewayConfig(upstreams={}), (taken.append,))
    monkeypatch.chdir(ours)
    watch = GatewayFileWatch(Settings(secrets_dir=tmp_path), live, Metrics())
    monkeypatch.chdir(theirs)
    for folder in (theirs, ours):
        price = f'[[prices]]\nmodel = "{folder.name}"\ninput = 1\noutput = 2\n'
        (folder / "meterhouse.toml").write_text(price, encoding="utf-8")
        await watch.look()
        await watch.look()
    assert [config.prices[0].model for config in taken] == ["ours.test"]
