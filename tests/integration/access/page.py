"""Writes `docs/access.md` from the table that the tests try: `make docs`."""

import sys
from collections.abc import Mapping
from typing import Final

from tests.architecture.source import ROOT
from tests.integration.access.requests import BODIES
from tests.integration.access.table import COLUMNS, SECTIONS, Row, rows

PAGE: Final = ROOT / "docs" / "access.md"
_HEAD: Final = """# Who may do what

Written by `make docs` from `tests/integration/access`, where a test asks every question of this
page of a running gateway. A route that is not here fails the tests.

## The rules

- A key calls models if it has the scope `inference`, and manages if it has the scope `manage`,
  whoever owns it. Without `manage` a key changes nothing, an admin's neither.
- Who is signed in, in a browser, may do what they may with a key of both scopes and no limits of
  its own, and is answered the same. What is only done in a browser says so.
- An **admin** with a key that manages may do everything. Only admins make users, teams and admins.
  The last admin who is not disabled cannot be disabled, demoted or deleted (409).
- A **lead** sees their team, its members and the keys charged to it; adds and removes members and
  makes leads; issues, rotates and revokes the team's service keys; and may revoke, not rotate, a
  member's key that is charged to the team.
- A **member** sees themselves, their teams with the names in them, and their own keys; issues,
  rotates and revokes keys of their own, for themselves or charged to a team of theirs.
- A **service key** is a team's and nobody's. With `manage` it may do what a lead of that team may,
  but has no keys of its own. It stays good when whoever made it goes.
- None issues more than it has. The scopes of a new key are among those of the key that issues it;
  so are its models; it expires no later; it carries the same fixed tags; and the limits and budgets
  of the key that issues it count its calls too, unless an admin issues it.
- Only admins see and set prices.
- Only admins see upstreams and where calls go, and drain and restore upstreams.
- Only admins see configured models with their targets, and make, change and delete them.
- Only admins have requests and answers stored, and read what is stored. To read it is written down.
- Only admins change budgets and limits. Leads see those of their team and of keys that they see;
  members those of themselves, their own keys and their teams.
- Who is disabled or deleted loses their keys, and who leaves a team loses those charged to it.
  That, an expiry and a revocation hold for new calls within 5 seconds, on every process.
- What somebody may not see is not there: 404, with the same words as for an id that nobody has.
  What they may see and not change is 403.
- Every change writes one row of the audit log, in the same transaction. What is refused, or changes
  nothing, writes none.

## How to read it

`yes` is a success; else the status of the refusal. `-`: the question makes no sense. Every object
is of one team, in which the member and the lead are; the others belong to another team.

| Caller | |
|---|---|
"""
_NOTES: Final[Mapping[str, str]] = {
    "Operations and pages": "As asked from afar: programs on the gateway's own machine need no key "
    "here.",
    "Users": "`/users/{user_id}` is another name of `/v1/users/{user_id}`. A list shows what its "
    "items' own pages would.",
    "Signing in": "Links and passwords let people in who may do all that the user may: so no key "
    "may make any that has fewer scopes, fixed models or tags, or an end.",
    "Teams": "A list shows what its items' own pages would.",
    "Budgets": "A list shows what its items' own pages would, but for archived ones.",
    "Limits": "A list shows what its items' own pages would.",
    "Keys": "A list shows what its items' own pages would.",
    "Usage of others": (
        "One's own usage is among the calls. A lead names the team, by `team_id`, or a call of it."
    ),
}
_CALLERS: Final[Mapping[str, str]] = {
    "no good key": "no key; an unknown, expired or revoked one; one whose owner is disabled, or "
    "has left the team that it is charged to",
    "member": "a member of the team, with a key of both scopes, or in a browser",
    "lead": "a lead of the team, with a key of both scopes, or in a browser",
    "other member": "a member of another team, with a key of both scopes",
    "other lead": "a lead of another team, with a key of both scopes",
    "admin": "an admin, with a key of both scopes, or in a browser",
    "admin, manages only": "an admin, with a key of the scope `manage`",
    "admin, calls only": "an admin, with a key of the scope `inference`",
    "service": "a service key of the team, of both scopes",
    "service, calls only": "a service key of the team, of the scope `inference`",
    "built in": "`METERHOUSE_ADMIN_KEY`, and the commands on the gateway's own machine",
}
_OBJECTS: Final[Mapping[str, str]] = {
    "self": "the caller",
    "fellow": "another member of the team",
    "stranger": "a user in no team",
    "second-admin": "another admin, in no team",
    "team": "the team",
    "own-key": "another key of the caller",
    "fellow-key": "a fellow's own key",
    "charged-key": "a fellow's key that is charged to the team",
    "team-key": "a service key of the team",
    "admin-key": "another admin's own key",
    "team-budget, team-limit": "of the team",
    "user-budget, user-limit": "of a fellow",
    "key-budget, key-limit": "of a fellow's key that is charged to the team",
    "instance-budget": "of the whole instance",
    "price": "of some model",
    "rule": "that has the bodies of the team's calls stored",
    "change": "a row of the audit log",
    "call": "one of a fellow, charged to the team, whose request and answer are stored",
    "upstream": "the only one that there is",
    "no-user, no-team, no-key, ...": "an id that nobody has",
}


def page() -> str:
    """Return the whole page."""
    callers = "".join(f"| {name} | {words} |\n" for name, words in _CALLERS.items())
    objects = "".join(f"| `{name}` | {words} |\n" for name, words in _OBJECTS.items())
    sections = "".join(_section(name) for name in SECTIONS)
    return f"{_HEAD}{callers}\n| Object | |\n|---|---|\n{objects}{sections}"


def _section(name: str) -> str:
    titles = "".join(f" {column} |" for column in COLUMNS)
    lines = "".join(_line(row) for row in rows(name))
    note = f"{_NOTES[name]}\n\n" if name in _NOTES else ""
    return f"\n## {name}\n\n{note}| |{titles}\n|---|{':-:|' * len(COLUMNS)}\n{lines}"


def _line(row: Row) -> str:
    words = BODIES[row.sends].words if row.sends else ""
    cells = "".join(f" {_cell(status)} |" for status in row.statuses.values())
    browser = "" if row.in_a_browser is None else f"; in a browser: {_cell(row.in_a_browser)}"
    return f"| `{row.method} {row.path}`{words and f' {words}'}{browser} |{cells}\n"


def _cell(status: int | None) -> str:
    if status is None:
        return "-"
    return "yes" if 200 <= status < 300 else str(status)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(SECTIONS)} tables\n")
