"""Entries of everybody over HTTP: pages, filters, and exports."""

import csv
import io
import json
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.api.v1.schemas.entries import EntryOut
from app.db.repositories import entries
from app.services.container import Container
from tests.integration.usage.calls import MIDNIGHT_MS, Called, write
from tests.support.browsers import Browser
from tests.support.people import People, error_of

ALL = "/v1/admin/usage/entries"
CALL = Called("req_0", team="team_1", cost_nusd=2_000_000_000)


class Entries:
    """The ledger of a running gateway, as an admin reads it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        container = cast("Container", client.app_state["container"])
        self._path = container.database.path

    def call(self, number: int, **facts: Any) -> str:
        """Have a call written down, and return its id."""
        entry_id = f"req_{number:026}"
        write(self._path, [replace(CALL, id=entry_id, **facts)])
        return entry_id

    def ids(self, query: str = "") -> list[str]:
        return [entry["id"] for entry in self.client.get(f"{ALL}?{query}").json()["data"]]

    def export(self, query: str) -> str:
        answer = self.client.get(f"{ALL}/export?{query}")
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def ledger(client: TestClient) -> Entries:
    return Entries(client)


class TestPages:
    def test_come_by_time_and_then_by_id_the_newest_first(self, ledger: Entries) -> None:
        moments = [5, 9, 5, 7, 5]
        ids = [ledger.call(n, at_ms=MIDNIGHT_MS + at) for n, at in enumerate(moments)]
        expected = [ids[place] for place in (1, 3, 4, 2, 0)]

        found = list[str]()
        after = ""
        while True:
            page = ledger.client.get(f"{ALL}?limit=2{after}").json()
            found += [entry["id"] for entry in page["data"]]
            if not page["has_more"]:
                break
            after = f"&after={page['last_id']}"

        assert found == expected

    def test_hold_what_fits_every_filter(self, ledger: Entries) -> None:
        wanted = ledger.call(1, tags={"app": "a=b"}, upstream="own", task="embedding")
        ledger.call(2, key="key_2", user="user_1", team=None, model="n", status="error")

        for query in (
            "team_id=team_1",
            "key_id=key_1",
            "model=m",
            "status=ok",
            "upstream=own",
            "task=embedding",
            "tag=app%3Da%3Db",
            "tag=app%3Da%3Db&status=ok&key_id=key_1",
        ):
            assert ledger.ids(query) == [wanted], query
        assert ledger.ids("tag=app%3Da") == []
        assert ledger.ids("user_id=user_1&status=ok") == []

    def test_hold_a_period(self, ledger: Entries) -> None:
        ids = [ledger.call(n, at_ms=MIDNIGHT_MS + n * 1_000) for n in range(3)]

        found = ledger.ids("since=2026-11-23T00:00:01Z&until=2026-11-23T00:00:02Z")

        assert found == [ids[1]]

    def test_cannot_begin_after_what_is_not_there(self, ledger: Entries) -> None:
        of_other = ledger.call(1, key="key_2")

        for after in (of_other, "req_" + "z" * 26, "nonsense"):
            answer = ledger.client.get(f"{ALL}?key_id=key_1&after={after}")
            assert error_of(answer)[:3] == (400, "invalid_request", "after")

    def test_need_a_name_and_a_value_of_a_tag(self, ledger: Entries) -> None:
        assert error_of(ledger.client.get(f"{ALL}?tag=app"))[:3] == (400, "invalid_request", "tag")


class TestSingleOnes:
    def test_are_what_a_page_holds(self, ledger: Entries) -> None:
        entry_id = ledger.call(1, tags={"app": "a"})

        page = ledger.client.get(ALL).json()
        assert ledger.client.get(f"{ALL}/{entry_id}").json() == page["data"][0]

    def test_that_are_not_there_are_not_found(self, ledger: Entries) -> None:
        answer = ledger.client.get(f"{ALL}/req_{'z' * 26}")

        assert error_of(answer)[:2] == (404, "not_found")


class TestOwnOnes:
    def test_hold_what_fits_every_filter(self, ledger: Entries) -> None:
        wanted = ledger.call(1, key="bootstrap", team=None, tags={"app": "a"}, task="embedding")
        other = ledger.call(2, key="bootstrap", team="team_2", model="n", status="error")
        ledger.call(3, tags={"app": "a"}, task="embedding")

        def ids(query: str) -> list[str]:
            answer = ledger.client.get(f"/v1/usage/entries?{query}")
            return [entry["id"] for entry in answer.json()["data"]]

        for query in ("model=m", "status=ok", "task=embedding", "tag=app%3Da"):
            assert ids(query) == [wanted], query
        assert ids("team_id=team_2") == [other]
        assert ids("key_id=bootstrap") == [other, wanted]

    def test_of_a_key_are_of_no_other(self, ledger: Entries) -> None:
        for form in ("?", "/export?format=csv&"):
            answer = ledger.client.get(f"/v1/usage/entries{form}key_id=key_1")
            assert error_of(answer)[:3] == (403, "forbidden", "key_id")

    def test_of_a_person_in_a_browser_are_those_of_all_their_keys(self, client: TestClient) -> None:
        user_id, ledger = People(client).user("ana"), Entries(client)
        wanted = ledger.call(1, user=user_id, key="key_2")
        ledger.call(2, user=user_id)
        of_others = ledger.call(3, user="user_2", key="key_2")

        del client.headers["authorization"]  # the key that made her
        browser = Browser(client)
        browser.sign_in_by_link(user_id)

        found = browser.send("GET", "/v1/usage/entries?key_id=key_2").json()["data"]

        assert [entry["id"] for entry in found] == [wanted]
        assert browser.send("GET", f"/v1/usage/entries/{wanted}").json() == found[0]
        assert browser.send("GET", f"/v1/usage/entries/{of_others}").status_code == 404


class TestExports:
    def test_as_csv_have_a_row_of_names_and_a_row_an_entry(self, ledger: Entries) -> None:
        ids = [ledger.call(n, at_ms=MIDNIGHT_MS + 9 - n, tags={"a": "b"}) for n in range(3)]

        names, *rows = csv.reader(io.StringIO(ledger.export("format=csv")))

        assert names == list(EntryOut.model_fields)
        assert [row[0] for row in rows] == ids[::-1]  # the oldest first
        first = dict(zip(names, rows[0], strict=True))
        assert first["created_at"] == "2026-11-23T00:00:00.007000Z"
        assert (first["cost_usd"], first["tags"], first["price"]) == ("2.0", '{"a":"b"}', "")
        assert (first["stream"], first["status"], first["units_in"]) == ("true", "ok", "10")

    def test_as_jsonl_are_what_a_page_holds(self, ledger: Entries) -> None:
        for number in range(3):
            ledger.call(number, tags={"app": "näme"}, price={"source": "api", "request": 5})

        lines = ledger.export("format=jsonl").splitlines()

        page = ledger.client.get(ALL).json()["data"]
        assert [json.loads(line) for line in lines] == page[::-1]

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_as_csv_hold_nothing_that_a_spreadsheet_runs(self, ledger: Entries, text: str) -> None:
        ledger.call(1, model=text)

        _, row = csv.reader(io.StringIO(ledger.export("format=csv"), newline=""))

        assert f"'{text}" in row

    def test_are_read_in_many_short_parts(
        self, ledger: Entries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries, "ROWS_PER_READ", 3)
        ids = [ledger.call(n, at_ms=MIDNIGHT_MS + n // 4) for n in range(10)]
        reads = list[int]()
        begin = entries.EntryRepository.list_since

        async def note(*args: Any, **kwargs: Any) -> Any:
            rows = await begin(*args, **kwargs)
            reads.append(len(rows))
            ledger.call(100 + len(reads), at_ms=2**45)  # in the future: not in this export
            return rows

        monkeypatch.setattr(entries.EntryRepository, "list_since", note)
        lines = ledger.export("format=jsonl").splitlines()

        assert [json.loads(line)["id"] for line in lines] == ids
        assert reads == [3, 3, 3, 1]

    def test_hold_what_fits_the_filters(self, ledger: Entries) -> None:
        wanted = ledger.call(1)
        ledger.call(2, status="error")

        lines = ledger.export("format=jsonl&status=ok").splitlines()

        assert [json.loads(line)["id"] for line in lines] == [wanted]

    def test_come_as_files(self, ledger: Entries) -> None:
        for form, kind in (("csv", "text/csv; charset=utf-8"), ("jsonl", "application/x-ndjson")):
            answer = ledger.client.get(f"{ALL}/export?format={form}")
            assert answer.headers["content-type"] == kind
            assert answer.headers["content-disposition"] == f'attachment; filename="entries.{form}"'

    @pytest.mark.parametrize("query", ["", "format=xlsx"])
    def test_need_a_format(self, ledger: Entries, query: str) -> None:
        answer = ledger.client.get(f"{ALL}/export?{query}")

        assert error_of(answer)[:3] == (400, "invalid_request", "format")
