"""Where the settings come from, and what is refused."""

from pathlib import Path

import pytest

from app.core.config import (
    Settings,
    get_settings,  # noqa: TID251 - under test
    hugging_face_login,
    variable_name,
)
from app.core.errors import ConfigurationError

KEY = "an-admin-key-of-24-chars"


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder with none of the settings in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("METERHOUSE_SECRETS_DIR", str(tmp_path))
    for field in Settings.model_fields:
        if field != "secrets_dir":
            monkeypatch.delenv(variable_name(field), raising=False)


def _problems(**overrides: object) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        get_settings(**overrides)
    return list(refused.value.problems)


def test_nothing_said_means_the_defaults() -> None:
    settings = get_settings()
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path("data"))
    assert settings.admin_key is settings.hf_token is settings.config_file is None
    assert settings.max_body_bytes == 10 * 1024 * 1024
    assert settings.client_stall_seconds == 60


def test_the_strongest_place_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "meterhouse_port").write_text("1\n")
    assert get_settings().port == 1
    (tmp_path / ".env").write_text("METERHOUSE_PORT=2\n")
    assert get_settings().port == 2
    monkeypatch.setenv("METERHOUSE_PORT", "3")
    assert get_settings().port == 3
    assert get_settings(port=4).port == 4


def test_an_empty_value_counts_as_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("HF_TOKEN=\nMETERHOUSE_PORT=\n")
    monkeypatch.setenv("METERHOUSE_ADMIN_KEY", "")
    settings = get_settings(host=None)
    assert settings.hf_token is None
    assert settings.admin_key is None
    assert settings.port == 8000


def test_a_secret_file_loses_its_line_break(tmp_path: Path) -> None:
    (tmp_path / "hf_token").write_text("hf_from_a_file\n")
    token = get_settings().hf_token
    assert token is not None
    assert token.get_secret_value() == "hf_from_a_file"


def test_settings_made_directly_read_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("METERHOUSE_PORT=2\n")
    monkeypatch.setenv("METERHOUSE_HOST", "0.0.0.0")  # noqa: S104 - never bound
    settings = Settings(data_dir=tmp_path)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("METERHOUSE_TRUSTED_HOSTS", "gw.example.com,*.example.org")
    monkeypatch.setenv("METERHOUSE_CORS_ORIGINS", "https://app.example.com")
    settings = get_settings()
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.trusted_hosts == ("gw.example.com", "*.example.org")
    assert settings.cors_origins == ("https://app.example.com",)


def test_a_public_url_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_PUBLIC_URL", "https://gateway.example.com/")
    assert get_settings().public_url == "https://gateway.example.com"


def test_the_key_that_callers_keep_is_tolerated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_KEY", "mh_whatever")
    assert get_settings().admin_key is None


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("METERHOUSE_PROT", "1", "unknown setting, did you mean METERHOUSE_PORT?"),
        ("METERHOUSE_HF_TOKEN", "hf_x", "unknown setting, did you mean HF_TOKEN?"),
        ("METERHOUSE_PORT", "eighty", "must be a whole number"),
        ("METERHOUSE_PORT", "65536", "must be less than or equal to 65535"),
        ("METERHOUSE_ADMIN_KEY", "a" * 23, "must have at least 24 characters"),
        (
            "METERHOUSE_ADMIN_KEY",
            "sk-" + "a" * 30,
            "must not begin with hf_ or sk-: such bearers are refused as foreign keys",
        ),
        (
            "METERHOUSE_ADMIN_KEY",
            "spaces are not for headers",
            "must be visible ASCII characters without spaces",
        ),
        ("METERHOUSE_KEY_PEPPER", "a" * 31, "must have at least 32 characters"),
        (
            "METERHOUSE_LOG_LEVEL",
            "inf",
            "must be 'debug', 'info', 'warning' or 'error', did you mean 'info'?",
        ),
        ("METERHOUSE_LOG_FORMAT", "yaml", "must be 'auto', 'terminal' or 'json'"),
        (
            "METERHOUSE_PUBLIC_URL",
            "gateway.example.com",
            "must be a URL like https://gateway.example.com",
        ),
        (
            "METERHOUSE_TRUSTED_PROXIES",
            "10.0.0.0/8, everybody",
            "must be IP addresses or networks like 10.0.0.0/8, not 'everybody'",
        ),
        (
            "METERHOUSE_TRUSTED_HOSTS",
            "https://x",
            "must be host names like gateway.example.com, not 'https://x'",
        ),
        (
            "METERHOUSE_CORS_ORIGINS",
            "https://x/path",
            "must be origins like https://app.example.com, not 'https://x/path'",
        ),
        ("METERHOUSE_MAX_BODY_BYTES", "10", "must be greater than or equal to 1024"),
    ],
)
def test_a_bad_variable_is_one_line_that_names_it(
    name: str, value: str, problem: str, *, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    assert _problems() == [f"environment: {name}: {problem}"]
    monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(f"{name}='{value}'\n")
    assert _problems() == [f".env: {name}: {problem}"]


def test_every_problem_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_PROT", "1")
    (tmp_path / ".env").write_text("METERHOUSE_HOTS=x\n")
    (tmp_path / "meterhouse_admin_key").write_text("short\n")
    (tmp_path / "meterhouse_pepper").write_text("x")
    assert _problems(port=-1) == [
        "environment: METERHOUSE_PROT: unknown setting, did you mean METERHOUSE_PORT?",
        ".env: METERHOUSE_HOTS: unknown setting, did you mean METERHOUSE_HOST?",
        f"{tmp_path}/meterhouse_pepper: unknown setting, did you mean METERHOUSE_KEY_PEPPER?",
        "command line: --port: must be greater than or equal to 0",
        f"{tmp_path}/meterhouse_admin_key: must have at least 24 characters",
    ]


def test_a_name_like_no_other_lists_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_X", "1")
    (problem,) = _problems()
    assert problem.startswith("environment: METERHOUSE_X: unknown setting, known are HF_TOKEN, ")


@pytest.mark.parametrize("value", ["a" * 12, f"{KEY} ", f"hf_{KEY}"])
def test_a_refused_secret_is_not_repeated(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_ADMIN_KEY", value)
    monkeypatch.setenv("HF_TOKEN", f"{value}\n")
    assert value not in "\n".join(_problems())


def test_secrets_are_masked_when_settings_are_shown() -> None:
    assert KEY not in repr(get_settings(admin_key=KEY))


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert _problems() == [".env: cannot be read: Is a directory"]


def test_a_dotenv_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"HF_TOKEN=\xff\n")
    assert _problems() == [".env: cannot be read: not UTF-8 text"]


def test_a_line_that_is_no_assignment_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# fine\n\nMETERHOUSE_PORT 8000\nexport HF_TOKEN=hf_x\nHF_TOKEN\n"
    )
    assert _problems() == [".env: line 3: not NAME=value", ".env: line 5: not NAME=value"]


def test_a_secret_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hf_token").write_bytes(b"\xff")
    assert _problems() == [f"{tmp_path}/hf_token: cannot be read: not UTF-8 text"]


def test_files_of_others_in_the_secrets_folder_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "other_app_key").write_bytes(b"\xff")
    (tmp_path / "kubernetes.io").mkdir()
    assert get_settings().port == 8000


def test_a_secrets_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERHOUSE_SECRETS_DIR", "/no/such/folder")
    assert _problems() == [
        "environment: METERHOUSE_SECRETS_DIR: no such folder: /no/such/folder",
    ]


@pytest.mark.parametrize(
    ("variable", "value", "file"),
    [
        ("HOME", "home", "home/.cache/huggingface/token"),
        ("XDG_CACHE_HOME", "cache", "cache/huggingface/token"),
        ("HF_HOME", "hf", "hf/token"),
        ("HF_TOKEN_PATH", "login", "login"),
    ],
)
def test_a_hugging_face_login_is_found_where_its_tools_keep_it(
    variable: str, value: str, file: str, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_HOME", "HF_TOKEN_PATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    monkeypatch.setenv(variable, str(tmp_path / value))
    assert hugging_face_login() is None
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert hugging_face_login() == path
