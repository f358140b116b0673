"""What `meterhouse.toml` may say of who answers for a model, and how it is told what it may not."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import GatewayConfig, load_gateway
from app.core.gateway_models import Strategy, TargetConfig

UPSTREAM = '[upstreams.one]\nkind = "openai"\nbase_url = "http://one.test/v1"\n'
FIRST = '{ upstream = "one", model = "a" }'


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_TOKEN", "secret-a")
    monkeypatch.setenv("B_TOKEN", "secret-b")


def _load(text: str) -> GatewayConfig:
    Path("meterhouse.toml").write_text(text, encoding="utf-8")
    return load_gateway(Settings(secrets_dir=Path.cwd()))


def _problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        _load(text)
    (problem,) = refused.value.problems
    return problem.removeprefix("meterhouse.toml: ")


def _model(*targets: str, strategy: str = "") -> str:
    return f"{UPSTREAM}[models.x]\n{strategy}\ntargets = [{', '.join(targets)}]\n"


def _second(more: str) -> str:
    return f'{{ upstream = "one", model = "b", {more} }}'


def test_a_target_says_when_how_often_for_how_much_and_how_long_it_is_asked() -> None:
    more = "priority = 2, weight = 3, price = { input = 0.5, output = 2 }, "
    text = _model(FIRST, _second(more + "timeouts = { first_byte_seconds = 9 }"))
    config = _load(text)
    first, second = config.models["x"].targets
    assert first == TargetConfig(upstream="one", model="a")
    assert (first.priority, first.weight, first.price, first.timeouts) == (0, 1.0, None, None)
    assert (second.priority, second.weight) == (2, 3.0)
    assert second.timeouts is not None
    limits = second.timeouts.over(config.upstreams["one"].timeouts)
    assert (limits.first_byte_seconds, limits.total_seconds) == (9.0, 600.0)
    ((field, price),) = config.all_prices.items()
    assert field == "models.x.targets[1].price"
    assert (price.model, price.upstream, price.input) == ("b", "one", Decimal("0.5"))


@pytest.mark.parametrize("strategy", Strategy)
def test_every_strategy_has_its_name(strategy: Strategy) -> None:
    text = _model(FIRST, strategy=f'strategy = "{strategy}"')
    assert _load(text).models["x"].strategy is strategy


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("weight = 0", "weight: must be greater than 0"),
        ("weight = inf", "weight: must be a finite number"),
        ('weight = "3"', "weight: must be a number"),
        ("weight = true", "weight: must be a number"),
        ("wieght = 1", "wieght: unknown field, did you mean weight?"),
        ("priority = -1", "priority: must be greater than or equal to 0"),
        ("priority = 1.5", "priority: must be a whole number"),
        ("price = 1", "price: must be a table"),
        ("price = { input = 1 }", "price: output is missing; output = 0 says that it is free"),
        ("price = { inptu = 1 }", "price.inptu: unknown field, did you mean input?"),
        ("timeouts = { total_seconds = 0 }", "timeouts.total_seconds: must be greater than 0"),
        ("timeouts = { first_byte = 1 }", "timeouts.first_byte: unknown field, did you mean "),
        ('base_url = "http://x"', "base_url: unknown field, known are model, price, priority, "),
    ],
)
def test_a_bad_field_of_a_target_is_one_problem(more: str, problem: str) -> None:
    assert _problem(_model(FIRST, _second(more))).startswith(f"models.x.targets[1].{problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            _model(FIRST, strategy='strategy = "weigted"'),
            "strategy: must be 'weighted', 'fastest', 'cheapest', 'least_busy' or 'sticky', did",
        ),
        (_model(FIRST, FIRST), "targets: names the same model of the same upstream twice; add up"),
        (
            _model(*(f'{{ upstream = "one", model = "{number}" }}' for number in range(51))),
            "targets: must hold 1 to 50 targets",
        ),
    ],
)
def test_a_bad_model_is_one_problem(text: str, problem: str) -> None:
    assert _problem(text).startswith(f"models.x.{problem}")


def test_two_models_may_say_the_same_price_of_one_target() -> None:
    target = _second("price = { input = 1, output = 2 }")
    config = _load(f"{_model(target)}[models.y]\ntargets = [{target}]")
    assert len(config.all_prices) == 1


def test_another_price_of_one_target_is_refused_where_it_stands() -> None:
    text = _model(_second("price = { input = 1, output = 2 }"))
    listed = '[[prices]]\nmodel = "b"\nupstream = "one"\ninput = 1\noutput = 3\n'
    problem = "models.x.targets[0].price: b at one has a price by prices[0] then; "
    assert _problem(text + listed).startswith(problem)


def test_tokens_are_pooled_under_their_numbers() -> None:
    text = f'{UPSTREAM}tokens = [{{ env = "A_TOKEN" }}, {{ env = "B_TOKEN" }}]\nmax_parallel = 8'
    upstream = _load(text).upstreams["one"]
    assert upstream.max_parallel == 8
    found = {name: one and one.get_secret_value() for name, one in upstream.credentials.items()}
    assert found == {"1": "secret-a", "2": "secret-b"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("max_parallel = 0", "max_parallel: must be greater than 0"),
        ("tokens = 3", "tokens: must be a list"),
        ('tokens = [{ env = "A_TOKEN" }, "sk-x"]', "tokens[1]: a secret must not stand in this "),
        ('tokens = [{ env = "NOPE" }]', "tokens[0]: NOPE is not set or empty (looked in "),
        (
            'token = { env = "A_TOKEN" }\ntokens = [{ env = "B_TOKEN" }]',
            "tokens: stands beside token; leave one of them",
        ),
    ],
)
def test_a_bad_pool_is_one_problem(line: str, problem: str) -> None:
    assert _problem(UPSTREAM + line).startswith(f"upstreams.one.{problem}")
