"""What a script may say, and how it is told what it may not."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from app.core.errors import ConfigurationError
from app.simulator.script import Rule, Script, load_script

KINDS = "text, json, tool_calls, status"
UNKNOWN = "unknown field, did you mean"
WHOLE = """
    [pacing]
    delay_ms = 5
    chunk_delay_ms = 0

    [[answers]]
    model = "openai/*"
    contains = "weather"
    stream = false
    tool_calls = [{ name = "get_weather", arguments = { city = "Paris" } }]

    [[answers]]
    times = 2
    status = 429
    body = { error = "slow down" }
    fault = "retry-after=3"
    delay_ms = 10

    [[answers]]
    json = { answer = 42 }
    reasoning = "Let me see."
"""


def load(tmp_path: Path, text: str, name: str = "script.toml") -> Script:
    path = tmp_path / name
    path.write_text(dedent(text), encoding="utf-8")
    return load_script(path)


def problems(tmp_path: Path, text: str, name: str = "script.toml") -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path, text, name)
    assert all(line.startswith(f"{tmp_path / name}: ") for line in refused.value.problems)
    return [line.removeprefix(f"{tmp_path / name}: ") for line in refused.value.problems]


def test_a_whole_script_is_understood(tmp_path: Path) -> None:
    script = load(tmp_path, WHOLE)
    weather, busy, answer = script.answers
    assert (script.pacing.delay_ms, script.pacing.chunk_delay_ms) == (5, 0)
    assert weather.tool_calls is not None
    assert weather.tool_calls[0].arguments == {"city": "Paris"}
    assert (busy.status, busy.body, busy.times, busy.delay_ms) == (
        429,
        {"error": "slow down"},
        2,
        10,
    )
    assert [fault.name for fault, _ in busy.faults] == ["retry-after"]
    assert (answer.json_, answer.reasoning) == ({"answer": 42}, "Let me see.")


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    rules = [
        {
            "model": "openai/*",
            "contains": "weather",
            "stream": False,
            "tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}],
        },
        {
            "times": 2,
            "status": 429,
            "body": {"error": "slow down"},
            "fault": "retry-after=3",
            "delay_ms": 10,
        },
        {"json": {"answer": 42}, "reasoning": "Let me see."},
    ]
    text = json.dumps({"pacing": {"delay_ms": 5, "chunk_delay_ms": 0}, "answers": rules})
    assert load(tmp_path, text, "script.json") == load(tmp_path, WHOLE)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("modle = 'a'\ntext = 'x'", f"answers[0].modle: {UNKNOWN} model?"),
        ("jsn = 1\ntext = 'x'", f"answers[0].jsn: {UNKNOWN} json?"),
        ("text = 1", "answers[0].text: must be a text in quotes"),
        ("text = 'a'\njson = 1", "answers[0]: says text and json: leave one of them"),
        ("model = 'a'", f"answers[0]: has no answer: {KINDS}, fault or delay_ms"),
        ("tool_calls = []", "answers[0]: tool_calls lists none: name one, or leave it out"),
        ("text = 'a'\nbody = 'x'", "answers[0]: has a body without a status: add one"),
        ("status = 400\nreasoning = 'x'", "answers[0]: says reasoning and status: leave one"),
        ("status = 200", "answers[0].status: must be greater than or equal to 400"),
        ("fault = 'cutt=1'", "answers[0].fault: unknown fault 'cutt', did you mean cut?"),
        ("tool_calls = [{nme = 'f'}]", f"answers[0].tool_calls[0].nme: {UNKNOWN} name?"),
        ("times = 0\ntext = 'x'", "answers[0].times: must be greater than or equal to 1"),
        (
            "from_seconds = -1\ntext = 'x'",
            "answers[0].from_seconds: must be greater than or equal to 0",
        ),
        (
            "from_seconds = 20\nuntil_seconds = 10\ntext = 'x'",
            "answers[0]: never applies: from_seconds must be less than until_seconds",
        ),
        (
            "from_seconds = 60\nevery_seconds = 60\ntext = 'x'",
            "answers[0]: never applies: from_seconds must be less than every_seconds",
        ),
        (
            "until_seconds = 90\nevery_seconds = 60\ntext = 'x'",
            "answers[0]: until_seconds must not be more than every_seconds",
        ),
        (
            "every_seconds = 60\ntext = 'x'",
            "answers[0]: has every_seconds alone: add from_seconds or until_seconds",
        ),
        ("until_second = 5\ntext = 'x'", f"answers[0].until_second: {UNKNOWN} until_seconds?"),
        ("stream = 'yes'\ntext = 'x'", "answers[0].stream: must be true or false"),
    ],
)
def test_a_mistake_is_one_line_with_file_field_and_way_out(
    tmp_path: Path, rule: str, problem: str
) -> None:
    assert problems(tmp_path, f"[[answers]]\n{rule}") == [problem]


def test_a_misspelt_section_is_named_with_its_neighbour(tmp_path: Path) -> None:
    assert problems(tmp_path, "[pace]\n") == ["pace: unknown field, did you mean pacing?"]
    assert problems(tmp_path, "[pacing]\ndelay = 1") == [
        "pacing.delay: unknown field, did you mean delay_ms?"
    ]


def test_a_file_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path) -> None:
    assert "is no TOML" in problems(tmp_path, "a = ")[0]
    assert "is no JSON" in problems(tmp_path, "{", "script.json")[0]
    assert problems(tmp_path, "", "script.yaml") == ["must be a .toml or a .json file"]
    missing = tmp_path / "none.toml"
    with pytest.raises(ConfigurationError, match=r"none\.toml: cannot be read: No such file"):
        load_script(missing)
    (tmp_path / "latin.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot be read: not UTF-8 text"):
        load_script(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(text="x"), True),
        (Rule(text="x", model="openai/*"), True),
        (Rule(text="x", model="openai/gpt:groq"), True),
        (Rule(text="x", model="openai/gpt"), True),
        (Rule(text="x", model="meta/*"), False),
        (Rule(text="x", contains="WEATHER"), True),
        (Rule(text="x", contains="rain"), False),
        (Rule(text="x", stream=True), True),
        (Rule(text="x", stream=False), False),
    ],
)
def test_a_rule_fits_where_all_of_its_pattern_fits(rule: Rule, fits: bool) -> None:  # noqa: FBT001 - a table of cases
    assert rule.fits(model="openai/gpt:groq", text="The weather?", stream=True) is fits


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (Rule(text="x"), [0, 10, 19.9, 20, 75]),
        (Rule(text="x", from_seconds=10), [10, 19.9, 20, 75]),
        (Rule(text="x", until_seconds=20), [0, 10, 19.9]),
        (Rule(text="x", from_seconds=10, until_seconds=20), [10, 19.9]),
        (Rule(text="x", from_seconds=10, until_seconds=20, every_seconds=60), [10, 19.9, 75]),
        (Rule(text="x", from_seconds=19.9, every_seconds=70), [19.9, 20]),
    ],
)
def test_a_rule_is_due_at_its_times(rule: Rule, due: list[float]) -> None:
    assert [seconds for seconds in (0, 10, 19.9, 20, 75) if rule.is_due(seconds)] == due
