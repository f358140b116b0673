"""`meterhouse prices`, with and without a running server."""

import json
import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from app.api.v1.schemas import prices as wire
from app.cli import price_import
from app.cli.price_tables import PRICE_TITLES
from app.services.prices.missing import LOOK_BACK_MS
from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command

PAGE: Final = (Path(__file__).resolve().parents[3] / "docs" / "prices.md").read_text("utf-8")
_LENGTH: Final = "a length of input; their price below it counts for all of it."
FILE: Final = """
[upstreams.openai]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"

[upstreams.local]
kind = "openai"
base_url = "http://127.0.0.1:9/v1"
price = 0

[[prices]]
model = "stated"
input = 0.15
output = 0.6
"""
ASSUMED: Final = '{"source": "assumed", "request": 7}'


@pytest.fixture
def gateway(folder: Path) -> Path:
    """Write a gateway file whose upstreams nobody answers for, and return it."""
    path = folder / "meterhouse.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def _rows(meterhouse: Meterhouse, *options: str) -> list[dict[str, str]]:
    done = meterhouse("prices", "list", *options)
    assert done.status == 0, done.errors
    lines = [line.split("\t") for line in done.output.splitlines()]
    assert lines[0] == list(PRICE_TITLES)
    return [dict(zip(PRICE_TITLES, line, strict=True)) for line in lines[1:]]


def _entry(provider: str, dollars: float = 1, **fields: Any) -> dict[str, Any]:
    per_token = dollars / 10**6
    return {
        "litellm_provider": provider,
        "mode": "chat",
        "input_cost_per_token": per_token,
        "output_cost_per_token": per_token,
    } | fields


def _list(folder: Path, **entries: Any) -> str:
    path = folder / "list.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("gateway")
def test_a_price_is_set_listed_and_ended_where_no_server_runs(meterhouse: Meterhouse) -> None:
    amounts = ("--input", "0.15", "--output", "1e-7", "--cached-input", "0", "--per-request", "2")
    done = meterhouse("prices", "set", "m", *amounts, "--upstream", "openai")
    assert done.status == 0
    assert re.fullmatch(r"m at openai has this price from 20[-0-9: ]{14} UTC on.", done.errors[0])

    row = next(row for row in _rows(meterhouse) if row["id"] == done.output.strip())
    shown = [row[title] for title in ("input", "output", "cached input", "per request")]
    assert shown == ["0.15", "0.0000001", "0", "2"]
    assert (row["source"], row["state"], row["until"]) == ("api", "quoted", "")

    ended = meterhouse("prices", "end", row["id"])
    assert (ended.status, ended.output) == (0, f"{row['id']} is over.\n")
    assert row["id"] not in {one["id"] for one in _rows(meterhouse)}
    (over,) = [one for one in _rows(meterhouse, "--history") if one["id"] == row["id"]]
    assert over["state"] == "over"


@pytest.mark.usefixtures("gateway")
def test_units_of_tasks_are_set_and_listed(meterhouse: Meterhouse) -> None:
    units = ("--unit", "output_pixels=0.003", "--unit", "per_input_second=1e-4")
    done = meterhouse("prices", "set", "m", *units)
    assert done.status == 0, done.errors

    row = next(row for row in _rows(meterhouse) if row["id"] == done.output.strip())
    assert row["units of tasks"] == "output_pixels=0.003 per_input_second=0.0001"
    assert (row["input"], row["per request"]) == ("", "")


@pytest.mark.usefixtures("gateway")
def test_the_list_says_whose_price_goes_first(meterhouse: Meterhouse) -> None:
    done = meterhouse("prices", "set", "stated", "--input", "1", "--output", "1")
    assert done.errors[1] == "But meterhouse.toml says another one, which goes first."
    meterhouse("prices", "set", "m", "--per-request", "1", "--from", "2999-01-01")

    states = {(row["model"], row["source"]): row["state"] for row in _rows(meterhouse)}
    assert states == {
        ("(every model)", "meterhouse.toml"): "quoted",
        ("m", "api"): "scheduled",
        ("stated", "meterhouse.toml"): "quoted",
        ("stated", "api"): "overridden by meterhouse.toml",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "m", "--input", "x"), "--input: 'x' is no amount of US dollars"),
        (("set", "m", "--output", "-1"), "--output: '-1' is no amount of US dollars"),
        (("set", "m", "--per-request", "nan"), "--per-request: 'nan' is no amount"),
        (("set", "m", "--per-request", "1", "--from", "soon"), "--from: 'soon' is no time."),
        (("set", "m", "--per-request", "1", "--from", "2020-01-01"), "`valid_from` is past"),
        (("set", "m", "--unit", "pixels"), "--unit: 'pixels' is not of the form UNIT=USD."),
        (("set", "m", "--unit", "output_pixel=1"), "--unit: 'output_pixel' is no unit of tasks."),
        (("set", "m", "--unit", "output_pixels=x"), "--unit output_pixels: 'x' is no amount"),
        (("set", "m", *["--unit", "output_pixels=1"] * 2), "--unit: 'output_pixels' is given twi"),
        (("set", "m", "--input", "1"), "The body is no whole price: output is missing"),
        (("set", "m", "--per-request", "1", "--upstream", "opnai"), "`upstream` is an unknown up"),
        (("end", "price_x"), "There is no such price. `GET /v1/admin/prices`"),
        (("import", "nowhere.json"), "nowhere.json: cannot be read: No such file"),
        (("import", "meterhouse.toml"), "The file is not valid JSON"),
        (("import", "meterhouse.toml", "--map", "openai"), "--map: 'openai' is not of the form"),
        (("import", "x", "--map", "a=b", "--map", "a=c"), "--map: 'a' is given twice."),
    ],
)
@pytest.mark.usefixtures("gateway")
def test_a_mistake_is_one_line_that_names_it(
    meterhouse: Meterhouse, arguments: tuple[str, ...], words: str
) -> None:
    meterhouse("db", "upgrade")
    done = meterhouse("prices", *arguments)
    assert (done.status, done.output, len(done.errors)) == (2, "", 1)
    assert done.errors[0].startswith(words)


@pytest.mark.usefixtures("gateway")
def test_a_list_is_taken_for_the_upstreams_that_there_are(
    meterhouse: Meterhouse, folder: Path
) -> None:
    path = _list(
        folder,
        **{
            "gpt-x": _entry("openai", 0.15, cache_read_input_token_cost=7.5e-08),
            "openai/gpt-y": _entry("openai", 2, input_cost_per_token_above_200k_tokens=1),
            "azure/gpt-x": _entry("azure"),
            "embedding": _entry("openai", mode="embedding"),
        },
    )
    done = meterhouse("prices", "import", path)
    assert done.status == 0
    assert done.output.splitlines() == [
        "litellm: 2 taken, 0 as they were, 0 kept as they were set by hand.",
        "Left out 1: no chat model.",
        "Left out 1: no upstream of that name (azure 1). --map PROVIDER=UPSTREAM names one.",
        f"1 of the models in the list cost more beyond {_LENGTH}",
    ]
    taken = [row for row in _rows(meterhouse) if row["source"] == "import:litellm"]
    assert [(row["model"], row["upstream"], row["input"]) for row in taken] == [
        ("gpt-x", "openai", "0.15"),
        ("gpt-y", "openai", "2"),
    ]
    assert [row["cached input"] for row in taken] == ["0.075", ""]


@pytest.mark.usefixtures("gateway")
def test_taking_a_list_again_changes_only_what_changed(
    meterhouse: Meterhouse, folder: Path
) -> None:
    meterhouse("prices", "set", "mine", "--upstream", "openai", "--per-request", "3")
    first = {"a": _entry("openai"), "b": _entry("openai"), "mine": _entry("openai")}
    again = {**first, "b": _entry("openai", 5)}
    outputs = [
        meterhouse("prices", "import", _list(folder, **entries)).output.splitlines()[0]
        for entries in (first, first, again)
    ]
    assert [line.removeprefix("litellm: ") for line in outputs] == [
        "2 taken, 0 as they were, 1 kept as they were set by hand.",
        "0 taken, 2 as they were, 1 kept as they were set by hand.",
        "1 taken, 1 as they were, 1 kept as they were set by hand.",
    ]
    inputs = {row["model"]: row["input"] for row in _rows(meterhouse) if row["id"]}
    assert inputs == {"a": "1", "b": "5", "mine": ""}
    with closing(sqlite3.connect(folder / "data" / "meterhouse.db")) as database:
        written = database.execute("SELECT action, object_id FROM audit_log ORDER BY id").fetchall()
    assert written[1:] == [("price.import", "litellm")] * 2


@pytest.mark.usefixtures("gateway")
def test_an_upstream_of_another_name_is_given_by_a_map(
    meterhouse: Meterhouse, folder: Path
) -> None:
    path = folder / "openrouter.json"
    pricing = {"prompt": "0.000001", "completion": "0.000002"}
    path.write_text(json.dumps({"data": [{"id": "org/m", "pricing": pricing}]}), encoding="utf-8")
    assert "no upstream of that name" in meterhouse("prices", "import", str(path)).output
    meterhouse("prices", "import", str(path), "--map", "openrouter=openai")
    assert [
        (row["model"], row["upstream"], row["output"])
        for row in _rows(meterhouse)
        if row["source"] == "import:openrouter"
    ] == [("org/m", "openai", "2")]


@pytest.mark.usefixtures("gateway")
def test_two_providers_of_one_upstream_take_the_first_price(
    meterhouse: Meterhouse, folder: Path
) -> None:
    entries = {"gpt-x": _entry("openai", 1), "azure/gpt-x": _entry("azure", 2)}
    done = meterhouse("prices", "import", _list(folder, **entries), "--map", "azure=openai")
    assert done.output.splitlines()[1] == "Left out 1: listed twice."
    assert [row["input"] for row in _rows(meterhouse) if row["id"]] == ["1"]


@pytest.mark.usefixtures("gateway")
def test_a_list_is_sent_some_prices_at_a_time(
    meterhouse: Meterhouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_import, "MOST_PRICES", 2)
    entries = {f"m{number}": _entry("openai") for number in range(5)}
    done = meterhouse("prices", "import", _list(folder, **entries))
    assert done.output.startswith("litellm: 5 taken,")
    assert wire.MOST_PRICES == 500


def test_models_without_a_price_are_listed_the_most_called_first(
    meterhouse: Meterhouse, gateway: Path
) -> None:
    target = '{ upstream = "openai", model = "gpt-x" }'
    with gateway.open("a", encoding="utf-8") as file:
        file.write(f"[models.fast]\ntargets = [{target}]\n[models.stated]\ntargets = [{target}]\n")
    meterhouse("db", "upgrade")
    _called(gateway.parent, "often", times=3)
    _called(gateway.parent, "once", times=1)
    _called(gateway.parent, "stated", times=9)
    _called(gateway.parent, "free", times=9, upstream="local")
    _called(gateway.parent, "long ago", times=9, age_ms=LOOK_BACK_MS + 60_000)
    _called(gateway.parent, "refused", times=9, basis=None)
    _called(gateway.parent, "priced", times=9, cost_nusd=0)
    _called(gateway.parent, "billed", times=9, cost_nusd=7, price='{"source": "api", "request": 7}')
    _called(gateway.parent, "assumed", times=2, cost_nusd=7, price=ASSUMED)

    lines = meterhouse("prices", "missing").output.splitlines()

    cells = [line.split("\t") for line in lines[1:]]
    assert [(cell[0], cell[1], cell[2], cell[4]) for cell in cells] == [
        ("often", "openai", "often", "3"),
        ("assumed", "openai", "assumed", "2"),
        ("once", "openai", "once", "1"),
        ("fast", "openai", "gpt-x", "0"),
    ]
    assert [bool(cell[5]) for cell in cells] == [True, True, True, False]


def _called(
    folder: Path, model: str, *, times: int, age_ms: int = 0, **changes: str | int | None
) -> None:
    """Put calls into the ledger, as they were some time ago."""
    facts: dict[str, str | int | None] = {
        "key_id": "key_1",
        "task": "chat",
        "model": model,
        "upstream": "openai",
        "upstream_model": model,
        "stream": 0,
        "status": "ok",
        "basis": "reported",
        "attempts": 1,
        "latency_ms": 1,
        "held_nusd": 0,
    } | changes
    columns, marks = ", ".join(facts), ", ".join("?" * len(facts))
    now_ms = "CAST(strftime('%s', 'now') AS INTEGER) * 1000"
    sql = (
        f"INSERT INTO entries (id, created_at_ms, settled_at_ms, {columns}) "  # noqa: S608 - ours
        f"VALUES (hex(randomblob(9)), {now_ms} - {age_ms}, 1, {marks})"
    )
    with closing(sqlite3.connect(folder / "data" / "meterhouse.db")) as database, database:
        database.executemany(sql, [tuple(facts.values())] * times)


@pytest.mark.timeout(60)
def test_the_running_server_quotes_what_a_command_sets(
    command: Command, meterhouse: Meterhouse
) -> None:
    with command.running("serve", "--port", "0") as server:
        server.wait_for("Admin key")
        assert meterhouse("prices", "missing").status == 0  # the upstream is listed by now
        model = "meta-llama/Llama-3.3-70B-Instruct"
        assert meterhouse("prices", "set", model, "--input", "1", "--output", "1").status == 0
        states = {
            (row["model"], row["source"]): row["state"]
            for row in _rows(meterhouse)
            if row["model"].startswith(model)
        }
        missing = meterhouse("prices", "missing").output.splitlines()
        assert server.end() == 0
    assert states[model, "api"] == "quoted"
    assert states[f"{model}:groq", "upstream"] == "overridden by api"
    unpriced = {line.split("\t")[0]: line.split("\t")[3] for line in missing[1:]}
    assert unpriced["meta-llama/Llama-3.1-8B-Instruct"].endswith(":cerebras")
    assert unpriced["HuggingFaceTB/SmolLM3-3B"] == ""
    assert model not in unpriced


def test_every_command_of_the_operators_page_works_as_written(
    meterhouse: Meterhouse, folder: Path
) -> None:
    toml = PAGE.partition("```toml\n")[2].partition("```")[0]
    (folder / "meterhouse.toml").write_text(toml, encoding="utf-8")
    meterhouse("db", "upgrade")
    _list(folder, **{"gpt-x": _entry("openai")})
    for name in ("model_prices_and_context_window.json", "openrouter.json"):
        (folder / name).write_bytes((folder / "list.json").read_bytes())
    lines = [line for line in PAGE.splitlines() if line.startswith("meterhouse prices ")]
    assert len(lines) >= 7
    price_id = ""
    for line in lines:
        done = meterhouse(*shlex.split(line.replace("price_...", price_id), comments=True)[1:])
        assert (done.status, line) == (0, line), done.errors
        price_id = done.output.strip() if done.output.startswith("price_") else price_id
