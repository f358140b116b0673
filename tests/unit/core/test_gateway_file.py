"""What `meterhouse.toml` may say, and how it is told what it may not."""

from pathlib import Path
from textwrap import dedent

import pytest

from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import GatewayConfig, load_gateway

OLLAMA = '[upstreams.ollama]\nkind = "openai"\nbase_url = "http://127.0.0.1:11434/v1/"\n'


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("A_TOKEN", "secret-a")


def _load(text: str, **settings: object) -> GatewayConfig:
    Path("meterhouse.toml").write_text(dedent(text), encoding="utf-8")
    return load_gateway(Settings.model_validate({"secrets_dir": Path.cwd(), **settings}))


def _problems(text: str, **settings: object) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        _load(text, **settings)
    prefix = "meterhouse.toml: "
    assert all(line.startswith(prefix) for line in refused.value.problems)
    return [line.removeprefix(prefix) for line in refused.value.problems]


def test_without_a_file_and_a_token_there_is_no_upstream() -> None:
    assert load_gateway(Settings()) == GatewayConfig()


def test_without_a_file_the_token_gives_hugging_face() -> None:
    upstreams = load_gateway(Settings.model_validate({"hf_token": "hf_x"})).upstreams
    assert list(upstreams) == ["huggingface"]
    assert upstreams["huggingface"].kind == "huggingface"
    assert upstreams["huggingface"].base_url == "https://router.huggingface.co/v1"
    token = upstreams["huggingface"].token
    assert token is not None
    assert token.get_secret_value() == "hf_x"


def test_a_file_without_upstreams_keeps_hugging_face() -> None:
    config = _load('default_model = "org/model"', hf_token="hf_x")
    assert list(config.upstreams) == ["huggingface"]


def test_a_file_with_upstreams_says_it_all() -> None:
    assert list(_load(OLLAMA, hf_token="hf_x").upstreams) == ["ollama"]


def test_a_whole_file_is_understood(tmp_path: Path) -> None:
    (tmp_path / "azure.key").write_text("secret-b\n")
    config = _load(
        """
        default_model = "fast"
        [upstreams.hf]
        kind = "huggingface"
        token = { env = "A_TOKEN" }
        bill_to = "my-org"
        [upstreams.azure]
        kind = "openai"
        base_url = "https://x.openai.azure.com/openai/deployments/d"
        token = { file = "azure.key" }
        auth_header = "api-key"
        auth_scheme = ""
        query = { api-version = "2024-10-21" }
        headers = { X-Team = "a b" }
        timeouts = { connect_seconds = 1, total_seconds = 2.5 }
        simulated = true
        [models.fast]
        targets = [{ upstream = "hf", model = "org/model:fastest" }]
        """
    )
    azure, hf = config.upstreams["azure"], config.upstreams["hf"]
    assert hf.token is not None
    assert hf.token.get_secret_value() == "secret-a"
    assert (hf.base_url, hf.bill_to) == ("https://router.huggingface.co/v1", "my-org")
    assert azure.token is not None
    assert azure.token.get_secret_value() == "secret-b"
    assert (azure.auth_header, azure.auth_scheme) == ("api-key", "")
    assert azure.query == {"api-version": "2024-10-21"}
    assert azure.headers == {"X-Team": "a b"}
    assert (azure.timeouts.connect_seconds, azure.timeouts.idle_seconds) == (1.0, 60.0)
    assert azure.simulated
    assert config.models["fast"].targets[0].model == "org/model:fastest"


def test_a_path_in_the_base_url_is_kept_and_its_last_slash_dropped() -> None:
    assert _load(OLLAMA).upstreams["ollama"].base_url == "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('base_ulr = "x"', "base_ulr: unknown field, did you mean base_url?"),
        ("colour = 1", "colour: unknown field, known are auth_header, auth_scheme, base_url, "),
        (
            'kind = "opnai"',
            "kind: must be 'huggingface', 'openai' or 'tei', did you mean 'openai'?",
        ),
        ("kind = 3", "kind: must be 'huggingface', 'openai' or 'tei'"),
        ('base_url = "ftp://x"', "base_url: must be a URL like https://api.example.com/v1"),
        ('base_url = "localhost:80"', "base_url: must be a URL like https://api.example.com/v1"),
        ('base_url = "http://"', "base_url: must be a URL like https://api.example.com/v1"),
        ('base_url = "http://x:0"', "base_url: must be a URL like https://api.example.com/v1"),
        ('base_url = "http://x:99999"', "base_url: must be a URL like https://api.example.com/v1"),
        ('base_url = "http://x/\\r\\ny"', "base_url: must be a URL like https://api.example.com/"),
        ('base_url = "http://u:p@x"', "base_url: must not hold a user or password; use token"),
        ('base_url = "http://x?a=b"', "base_url: must not hold a query or fragment; use query = "),
        ('base_url = "http://x#a"', "base_url: must not hold a query or fragment; use query = "),
        (
            'base_url = "http://x/v1/chat/completions"',
            "base_url: must end before /chat/completions; the gateway adds that",
        ),
        ('auth_header = "a b"', "auth_header: is not a valid header name"),
        ('auth_header = "Host"', "auth_header: is set by the gateway itself"),
        ('auth_scheme = "a\\nb"', 'auth_scheme: must be one word like "Bearer", or ""'),
        ('headers = { "X\\r" = "a" }', "headers.X\r: is not a valid header name"),
        ('headers = { Content-Length = "1" }', "headers.Content-Length: is set by the gateway"),
        ('headers = { X-Api-Key = "k" }', "headers.X-Api-Key: holds a credential; use token, and"),
        ('headers = { X = "a\\nb" }', "headers.X: must be visible ASCII, without line breaks"),
        ("query = { v = 1 }", "query.v: must be a text in quotes"),
        ('bill_to = "a\\r\\nb"', "bill_to: must be visible ASCII, without line breaks"),
        ('bill_to = "org"', 'bill_to: needs kind = "huggingface"'),
        ("timeouts = 3", "timeouts: must be a table"),
        ("timeouts = { idle_seconds = 0 }", "timeouts.idle_seconds: must be greater than 0"),
        ("timeouts = { idle_seconds = inf }", "timeouts.idle_seconds: must be"),
        (
            "timeouts = { idle_secs = 1 }",
            "timeouts.idle_secs: unknown field, did you mean idle_seconds?",
        ),
        ('simulated = "yes"', "simulated: must be true or false"),
        ('token = { env = "NOPE" }', "token: NOPE is not set or empty (looked in environment, "),
        ('token = { file = "nope" }', "token: nope: cannot be read: No such file or directory"),
        ('token = { env = "A", file = "b" }', 'token: must be { env = "NAME" } or { file = '),
        ("token = 3", 'token: must be { env = "NAME" } or { file = "/run/secrets/name" }'),
        ("token = {}", 'token: must be { env = "NAME" } or { file = "/run/secrets/name" }'),
    ],
)
def test_a_bad_line_of_an_upstream_is_one_problem(line: str, problem: str) -> None:
    field = line.partition(" =")[0]
    kept = [old for old in OLLAMA.splitlines() if not old.startswith(field)]
    (told,) = _problems("\n".join([*kept, line]))
    assert told.startswith(f"upstreams.ollama.{problem}")


def test_a_misspelt_field_is_not_called_missing_too() -> None:
    text = OLLAMA.replace("base_url", "base_ulr")
    assert _problems(text) == [
        "upstreams.ollama.base_ulr: unknown field, did you mean base_url?",
    ]


def test_a_missing_field_is_named() -> None:
    assert _problems("[upstreams.ollama]") == [
        "upstreams.ollama.kind: is missing",
        "upstreams.ollama.base_url: is missing",
    ]


def test_a_secret_in_plain_text_is_refused_with_the_way_out() -> None:
    (problem,) = _problems(OLLAMA + 'token = "sk-plain"')
    assert problem.startswith("upstreams.ollama.token: a secret must not stand in this file")
    assert 'token = { env = "OLLAMA_TOKEN" }' in problem
    assert "sk-plain" not in problem


def test_a_secret_that_would_break_a_header_is_refused_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A_TOKEN", "two\nlines")
    (problem,) = _problems(OLLAMA + 'token = { env = "A_TOKEN" }')
    assert problem.endswith("the value of A_TOKEN has spaces, line breaks or non-ASCII signs")
    assert "lines\n" not in problem


def test_the_router_without_a_token_is_refused() -> None:
    assert _problems('[upstreams.hf]\nkind = "huggingface"') == [
        'upstreams.hf.token: is missing; write token = { env = "HF_TOKEN" }',
    ]


@pytest.mark.parametrize("name", ["Ollama", "1st", "a.b", "a" * 33])
def test_a_bad_upstream_name_is_refused(name: str) -> None:
    assert _problems(OLLAMA.replace("ollama", f'"{name}"')) == [
        f"upstreams.{name}: a name is a lower-case letter, then up to 31 of a-z, 0-9, _ and -",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '[models.m]\ntargets = [{ upstream = "olama", model = "x" }]',
            "models.m.targets[0].upstream: unknown upstream, did you mean ollama?",
        ),
        (
            "[models.m]\ntargets = []",
            "models.m.targets: must hold 1 to 50 targets",
        ),
        (
            '[models.m]\ntargets = [{ upstream = "ollama", model = "a b" }]',
            "models.m.targets[0].model: a model name is 1 to 200 visible ASCII characters",
        ),
        (
            '[models.m]\ntargets = [{ upstream = "ollama", modle = "x" }]',
            "models.m.targets[0].modle: unknown field, did you mean model?",
        ),
        ("[models.m]\ntarget = []", "models.m.target: unknown field, did you mean targets?"),
        (
            '[models."a b"]\ntargets = [{ upstream = "ollama", model = "x" }]',
            "models.a b: a model name is 1 to 200 visible ASCII characters without spaces",
        ),
        ("models = 1", "models: must be a table"),
        ("[model]", "model: unknown field, did you mean models?"),
    ],
)
def test_a_bad_model_is_one_problem(text: str, problem: str) -> None:
    (told,) = _problems(f"{text}\n{OLLAMA}")
    assert told.startswith(problem)


TWO = OLLAMA + OLLAMA.replace("ollama", "other")


@pytest.mark.parametrize("model", ["ollama/llama3.2", "small"])
def test_a_default_model_that_has_an_upstream_is_accepted(model: str) -> None:
    named = '[models.small]\ntargets = [{ upstream = "other", model = "x" }]'
    assert _load(f'default_model = "{model}"\n{TWO}{named}').default_model == model


@pytest.mark.parametrize("model", ["smal", "olama/x", "ollama/", "org/model"])
def test_a_default_model_without_an_upstream_is_refused(model: str) -> None:
    named = '[models.small]\ntargets = [{ upstream = "other", model = "x" }]'
    (problem,) = _problems(f'default_model = "{model}"\n{TWO}{named}')
    assert problem.startswith("default_model: unknown model, ")


def test_the_only_upstream_answers_for_any_default_model() -> None:
    assert _load(f'default_model = "llama3.2"\n{OLLAMA}').default_model == "llama3.2"


def test_every_problem_is_told_at_once() -> None:
    problems = _problems(
        'default_modle = "x"\n' + OLLAMA.replace("openai", "x") + 'token = { env = "NOPE" }'
    )
    assert [problem.split(":")[0] for problem in problems] == [
        "upstreams.ollama.token",
        "upstreams.ollama.kind",
        "default_modle",
    ]


def test_a_target_without_any_upstream_says_how_to_get_one() -> None:
    (told,) = _problems('[models.m]\ntargets = [{ upstream = "hf", model = "x" }]')
    assert told.endswith("upstream: unknown upstream; add [upstreams.hf] or set HF_TOKEN")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("upstreams = 3", "upstreams: must be a table"),
        ("upstreams.x = 3", "upstreams.x: must be a"),
    ],
)
def test_what_is_no_table_is_named(text: str, problem: str) -> None:
    (told,) = _problems(text)
    assert told.startswith(problem)


def test_a_file_that_is_no_toml_says_where() -> None:
    (problem,) = _problems("a = \n")
    assert problem == "not valid TOML: Invalid value (at line 1, column 5)"


def test_a_named_file_must_be_there() -> None:
    with pytest.raises(ConfigurationError, match=r"^gw.toml: cannot be read: No such file"):
        load_gateway(Settings(config_file=Path("gw.toml")))


def test_a_file_of_another_encoding_is_refused() -> None:
    Path("gw.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigurationError, match=r"^gw.toml: cannot be read: not UTF-8 text$"):
        load_gateway(Settings(config_file=Path("gw.toml")))
