"""What `meterhouse.toml` may say of prices, and how it is told what it may not."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import GatewayConfig, load_gateway
from app.core.gateway_models import ModelBounds

OLLAMA = '[upstreams.ollama]\nkind = "openai"\nbase_url = "http://127.0.0.1:11434/v1/"\n'
MODEL = '[models.m]\ntargets = [{ upstream = "ollama", model = "x" }]\n'
PRICE = '[[prices]]\nmodel = "m"\n'


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _load(text: str) -> GatewayConfig:
    Path("meterhouse.toml").write_text(text, encoding="utf-8")
    return load_gateway(Settings(secrets_dir=Path.cwd()))


def _problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        _load(text)
    return [line.removeprefix("meterhouse.toml: ") for line in refused.value.problems]


def test_a_whole_price_is_understood_to_the_last_digit() -> None:
    (price,) = _load(
        f"""
        {OLLAMA}
        [[prices]]
        model = "gpt-oss"
        upstream = "ollama"
        input = 0.15
        output = 0.6
        cached_input = 0.075
        per_request = 0.001
        valid_from = 2026-11-01
        valid_until = 2027-01-01T00:00:00+01:00
        """
    ).prices
    assert (price.model, price.upstream) == ("gpt-oss", "ollama")
    assert (price.input, price.output) == (Decimal("0.15"), Decimal("0.6"))
    assert (price.cached_input, price.per_request) == (Decimal("0.075"), Decimal("0.001"))
    assert price.valid_from == datetime(2026, 11, 1, tzinfo=UTC)
    assert price.valid_until == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_a_time_without_an_offset_is_utc() -> None:
    (price,) = _load(PRICE + "per_request = 1\nvalid_from = 2026-11-01T08:30:00").prices
    assert price.valid_from == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("input = -0.1", "input: must be an amount of US dollars, 0 or more"),
        ("input = nan", "input: must be an amount of US dollars, 0 or more"),
        ("input = inf", "input: must be an amount of US dollars, 0 or more"),
        ('input = "0.15"', "input: must be a number"),
        ("input = true", "input: must be a number"),
        ("input = 2026-11-23", "input: must be a number"),
        ("input = 0.0000000001", "input: must have at most nine digits after the point"),
        ("input = 1_000_000_001", "input: must be less than 1,000,000,000 US dollars"),
        ("per_request = 1_001", "per_request: must be less than 1,000 US dollars"),
        ("per_request = 1e-16", "per_request: must be less than 1,000 US dollars, of at most 15"),
        ("per_request = -1", "per_request: must be an amount of US dollars, 0 or more"),
        ("inptu = 1", "inptu: unknown field, did you mean input?"),
        ("colour = 1", "colour: unknown field, known are cached_input, input, input_characters, "),
        ('model = "a b"', "model: a model name is 1 to 200 visible ASCII characters"),
        ("model = 3", "model: must be a text in quotes"),
        ('upstream = "olama"', "upstream: unknown upstream, did you mean ollama?"),
        ('valid_from = "2026-11-23"', "valid_from: must be a date or a time such as 2026-11-23"),
        ("valid_from = 12:00:00", "valid_from: must be a date or a time such as 2026-11-23"),
        ("valid_until = 0001-01-01T00:00:00+14:00", "valid_until: must be a date or a time such"),
    ],
)
def test_a_bad_line_of_a_price_is_one_problem(line: str, problem: str) -> None:
    field = line.partition(" =")[0]
    good = ['model = "m"', "input = 1", "output = 1"]
    kept = [old for old in good if not old.startswith(f"{field} ")]
    (told,) = _problems("\n".join([OLLAMA, "[[prices]]", *kept, line]))
    assert told.startswith(f"prices[0].{problem}")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("input = 1", "output is missing; output = 0 says that it is free"),
        ("output = 1", "input is missing; input = 0 says that it is free"),
        ("cached_input = 1\nper_request = 1", "cached_input needs input and output"),
        ("", "needs input and output, or per_request, or a unit of tasks such as output_pixels"),
        (
            "per_request = 1\nvalid_from = 2026-11-23\nvalid_until = 2026-11-23T00:00:00Z",
            "valid_until must be later than valid_from",
        ),
    ],
)
def test_what_is_not_a_whole_price_says_what_is_missing(lines: str, problem: str) -> None:
    assert _problems(PRICE + lines) == [f"prices[0]: {problem}"]


def test_a_price_without_a_model_is_refused() -> None:
    assert _problems("[[prices]]\nper_request = 1") == ["prices[0].model: is missing"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("", "valid_from = 2027-01-01"),
        ("valid_until = 2027-01-02", "valid_from = 2027-01-01"),
        ("valid_from = 2027-01-01", "valid_until = 2027-01-01T00:00:01"),
        ("valid_from = 2027-01-01\nvalid_until = 2027-02-01", "valid_from = 2027-01-15"),
    ],
)
@pytest.mark.parametrize("place", ["", '\nupstream = "ollama"'])
def test_two_prices_of_one_moment_contradict_each_other(one: str, other: str, place: str) -> None:
    at = " at ollama" if place else ""
    for first, second in ((one, other), (other, one)):
        lines = [f"{PRICE}per_request = 1\n{which}{place}\n" for which in (first, second)]
        (told,) = _problems(OLLAMA + "".join(lines))
        assert told.startswith(f"prices[1]: m{at} has a price by prices[0] then; let one end")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("valid_until = 2027-01-01", "valid_from = 2027-01-01"),
        ("", 'upstream = "ollama"'),
    ],
)
def test_prices_that_follow_or_are_for_different_places_agree(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        text = f"{PRICE}per_request = 1\n{first}\n{PRICE}per_request = 1\n{second}\n{OLLAMA}"
        assert len(_load(text).prices) == 2


def test_a_price_that_is_no_table_is_named() -> None:
    assert _problems("prices = 3") == ["prices: must be a list"]
    assert _problems("prices = [3]")[0].startswith("prices[0]: must be a ")


def test_an_upstream_may_be_free_and_nothing_else() -> None:
    assert _load(f"{OLLAMA}price = 0").upstreams["ollama"].price == 0
    assert _load(OLLAMA).upstreams["ollama"].price is None


@pytest.mark.parametrize("price", ["1", "0.5", "-1", "false", '"0"', "nan", "{ input = 1 }"])
def test_an_upstream_has_no_other_price_than_nothing(price: str) -> None:
    (told,) = _problems(f"{OLLAMA}price = {price}")
    assert told.startswith("upstreams.ollama.price: must be 0, for everything there is free; ")


def test_a_model_says_the_most_that_its_calls_can_come_to() -> None:
    bounds = "default_max_output = 1\ncontext = 2\nimage_tokens = 3\naudio_tokens = 4\n"
    model = _load(f"{MODEL}{bounds}file_tokens = 5\n{OLLAMA}").models["m"]
    assert (model.default_max_output, model.context) == (1, 2)
    assert (model.image_tokens, model.audio_tokens, model.file_tokens) == (3, 4, 5)


def test_a_model_that_says_nothing_has_bounds_all_the_same() -> None:
    model = _load(MODEL + OLLAMA).models["m"]
    assert ModelBounds(**model.model_dump(exclude={"targets", "strategy", "task"})) == ModelBounds()
    assert (model.default_max_output, model.context) == (4_096, None)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("context = 0", "context: must be greater than 0"),
        ("default_max_output = -1", "default_max_output: must be greater than 0"),
        ("image_tokens = 1.5", "image_tokens: must be a whole number"),
        ("image_token = 1", "image_token: unknown field, did you mean image_tokens?"),
    ],
)
def test_a_bad_bound_of_a_model_is_one_problem(line: str, problem: str) -> None:
    (told,) = _problems(f"{MODEL}{line}\n{OLLAMA}")
    assert told.startswith(f"models.m.{problem}")
