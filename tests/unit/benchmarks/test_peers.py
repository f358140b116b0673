"""Tables, bars and picture of a comparison, from made-up figures."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from benchmarks.bursts import Burst, Load
from benchmarks.document import with_section
from benchmarks.figures import Figures, sum_up
from benchmarks.peers.bars import peer_bars
from benchmarks.peers.line_up import DIRECT, NOT_DURABLE, OURS, Weight
from benchmarks.peers.panels import picture_of
from benchmarks.peers.results import Growth, Results
from benchmarks.peers.rounds import BODIES, EMBEDDINGS, LOADS
from benchmarks.peers.servers import LITELLM, NGINX, PORTKEY, SGLANG, VLLM
from benchmarks.peers.tables import render

SVG = "{http://www.w3.org/2000/svg}"
CPU_MS = {DIRECT: 0.01, NGINX: 0.1, VLLM: 0.2, SGLANG: 0.4, PORTKEY: 4, LITELLM: 30}
OURS_MS = {NOT_DURABLE: 0.8, OURS: 1.0}


def figures(cpu_ms: float, *, errors: int = 0) -> Figures:
    burst = Burst(
        requests=1000,
        errors=errors,
        seconds=1.0,
        events=50_000,
        cpu_seconds=cpu_ms,
        complaint="not an answer" if errors else "",
        answer_p50_ms=cpu_ms * 2,
        answer_p99_ms=cpu_ms * 4,
        first_p50_ms=cpu_ms * 3,
        first_p99_ms=cpu_ms * 5,
        gap_p50_ms=1.0,
    )
    return sum_up([burst])


def made_up() -> Results:
    costs = {**CPU_MS, **OURS_MS}
    return Results(
        table={(name, load): figures(ms) for load in LOADS for name, ms in costs.items()},
        weights={name: Weight(0.5, 60, first_start_seconds=0.9) for name in costs},
        loaded_mb=dict.fromkeys(costs, 70),
        versions={NGINX: "1.22.1"},
        missing={},
        not_served={},
        growth=Growth({10_000: 100, 100_000: 104}, {1_000: 1.0, 1_000_000: 1.05}),
        rounds=3,
        burst_seconds=1.0,
        others_share=0.1,
    )


def without(results: Results, name: str) -> Results:
    kept = {key: value for key, value in results.table.items() if key[0] != name}
    weights = {key: value for key, value in results.weights.items() if key != name}
    return replace(results, table=kept, weights=weights, missing={name: "not installed: no pip"})


def verdicts(results: Results) -> dict[str, str]:
    return {one.bar.promise: one.bar.verdict for one in peer_bars(results)}


def cells(lines: list[str], begin: str) -> list[str]:
    line = next(line for line in lines if line.startswith(f"| {begin} "))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_bars_are_ratios_to_the_peers_of_the_same_run() -> None:
    measured = {one.bar.promise: one.bar.value for one in peer_bars(made_up())}
    at_16 = "requests/s per core at 16 connections, of"
    assert measured[f"{at_16} litellm's"] == pytest.approx(30)
    assert measured[f"{at_16} portkey's"] == pytest.approx(4)
    assert measured[f"{at_16} sglang-router's"] == pytest.approx(0.4)
    assert measured["p50 at one connection, of nginx's"] == pytest.approx(10)
    assert measured["first chunk at one connection, of vllm-router's"] == pytest.approx(5)
    assert measured["CPU of a 1 MB body, of sglang-router's"] == pytest.approx(2.5)
    assert measured["memory after 100,000 calls, of that after 10,000"] == pytest.approx(1.04)
    assert measured["CPU of a call with 1,000,000 entries, of that with 1,000"] == pytest.approx(
        1.05
    )


def test_every_bar_says_whether_it_is_reached() -> None:
    said = verdicts(made_up())
    assert {promise for promise, verdict in said.items() if verdict == "falls short"} == {
        "p50 at one connection, of nginx's",
        "p99 at 64 connections, of sglang-router's",
        "first chunk at one connection, of vllm-router's",
        "CPU of an unpaced stream, of sglang-router's",
    }
    assert set(said.values()) == {"pass", "falls short"}


def test_a_bar_against_a_peer_that_is_not_there_was_not_measured() -> None:
    results = without(made_up(), LITELLM)
    said = verdicts(results)
    assert said["requests/s per core at 16 connections, of litellm's"] == "not measured"
    assert "- litellm: not installed: no pip" in render(results)


def test_the_durable_intent_has_a_column_of_its_own() -> None:
    row = cells(render(made_up()), "requests/s per core at 16 connections, of litellm's")
    assert row[1:] == ["30.0 x", ">= 28 x", "pass", "40 x: not yet", "37.5 x"]


def test_what_must_not_grow_is_said_in_absolute_figures_too() -> None:
    assert (
        "Meterhouse: 100 MB after 10,000 calls; 104 MB after 100,000 calls; 1.00 ms of CPU a call "
        "with 1,000 entries in the ledger; 1.05 ms of CPU a call with 1,000,000 entries in the "
        "ledger."
    ) in render(made_up())


def test_ratios_say_what_one_core_does_for_each_that_it_does_by_another() -> None:
    rows = [line for line in render(made_up()) if line.startswith("| portkey ")]
    ratios = [cell.strip() for cell in rows[0].strip("|").split("|")][1:]
    assert set(ratios) == {"4.00"}


def test_what_is_added_to_direct_stands_beside_each_time() -> None:
    row = cells(render(made_up()), f"{OURS}, {BODIES[-1].name}")
    assert row[1:] == ["4", "1,000", "1,000", "1.00", "2.00", "1.98", "4.00", "3.96", ""]


def test_what_is_not_served_is_said_and_leaves_its_cells_empty() -> None:
    full = made_up()
    table = {key: value for key, value in full.table.items() if key != (OURS, EMBEDDINGS)}
    not_served = {(OURS, EMBEDDINGS): "not served yet (404)"}
    lines = render(replace(full, table=table, not_served=not_served))
    assert "- Meterhouse, embeddings, 16 connections: not served yet (404)" in lines
    assert not any(line.startswith("| Meterhouse, embeddings ") for line in lines)
    assert "" in cells(lines, "nginx")[1:]


def test_failed_requests_are_listed_and_fall_short_where_they_are_ours() -> None:
    full = made_up()
    failing = replace(full, table={**full.table, (OURS, Load(16)): figures(1.0, errors=3)})
    assert verdicts(failing)["failed calls"] == "falls short"
    [line] = [line for line in render(failing) if "failed (" in line]
    assert line == "- Meterhouse, whole, 16 connections: 3 of 1,003 requests failed (not an answer)"


def test_the_picture_is_well_formed_and_shows_every_gateway() -> None:
    root = ET.fromstring(picture_of(made_up()))  # noqa: S314 - our own
    texts = [element.text for element in root.iter(f"{SVG}text")]
    for name in (OURS, NOT_DURABLE, *CPU_MS):
        assert texts.count(name) == (0 if name == DIRECT else 6)
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")


def test_the_picture_draws_more_further_to_the_right() -> None:
    root = ET.fromstring(picture_of(made_up()))  # noqa: S314 - our own
    panel = list(root.iter(f"{SVG}g"))[3]  # CPU of a stream
    names = [one.text for one in panel.iter(f"{SVG}text") if "name" in one.get("class", "")]
    places = [float(one.get("cx", "")) for one in panel.iter(f"{SVG}circle")]
    by_place = [name for _, name in sorted(zip(places, names, strict=True))]
    assert by_place == [NGINX, VLLM, SGLANG, NOT_DURABLE, OURS, PORTKEY, LITELLM]


def test_the_picture_says_what_was_not_measured() -> None:
    full = made_up()
    table = {key: value for key, value in full.table.items() if key != (PORTKEY, BODIES[-1])}
    root = ET.fromstring(picture_of(replace(full, table=table)))  # noqa: S314 - our own
    assert [one.text for one in root.iter(f"{SVG}text")].count("not measured") == 1


def test_a_section_is_replaced_and_all_others_stay() -> None:
    text = "# Title\n\nWords.\n\n## One\n\nold\n\n## Two\n\nkept\n"
    replaced = with_section(text, "One", ["new"])
    assert replaced == "# Title\n\nWords.\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    assert with_section(replaced, "Two", ["newer"]).endswith("## One\n\nnew\n\n## Two\n\nnewer\n")
    assert with_section("# Title\n", "One", ["new"]) == "# Title\n\n## One\n\nnew\n"
