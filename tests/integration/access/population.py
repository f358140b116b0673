"""A small company in the database: two teams, who is in them, and a key of every kind.

The callers of the access matrix, and the objects that they try to reach. It is written behind the
application's back, so a new one takes milliseconds, and one key can be what no route makes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import SystemClock, epoch_ms
from app.core.ids import new_id
from app.core.security import digest, new_secret, pepper_version
from app.core.tokens import TokenUse, csrf_token, new_token, token_digest
from app.models.api_keys import ApiKey
from app.models.audit_log import AuditRow
from app.models.base import Base
from app.models.bodies import BodyRow, BodyRule
from app.models.budgets import BudgetPeriodRow, BudgetRow, LimitRow
from app.models.entries import EntryRow
from app.models.models import ModelRow
from app.models.prices import PriceRow
from app.models.sessions import SessionRow
from app.models.teams import Member, Team
from app.models.users import User
from tests.conftest import ADMIN_KEY
from tests.integration.db.rows import entry

NOON_MS: Final = 1_795_435_200_000  # 2026-11-23T12:00:00Z
LONG_AGO_MS: Final = 1_000_000_000_000
FAR_OFF_MS: Final = 4_000_000_000_000
BOTH: Final = ("inference", "manage")
CALLS: Final = ("inference",)
MANAGES: Final = ("manage",)


class _Person(NamedTuple):
    role: str = "member"
    team: str | None = None
    team_role: str = "member"
    is_disabled: bool = False


class _Key(NamedTuple):
    user: str | None
    team: str | None = None
    scopes: tuple[str, ...] = BOTH
    expires_at_ms: int | None = None
    revoked_at_ms: int | None = None
    allowed_models: tuple[str, ...] | None = None


PEOPLE: Final[Mapping[str, _Person]] = {
    "member": _Person(team="team"),
    "lead": _Person(team="team", team_role="lead"),
    "fellow": _Person(team="team"),
    "other member": _Person(team="other team"),
    "other lead": _Person(team="other team", team_role="lead"),
    "admin": _Person("admin"),
    "second-admin": _Person("admin"),
    "stranger": _Person(),
    "disabled": _Person("admin", team="team", team_role="lead", is_disabled=True),
    "leaver": _Person(),
}
# Those who call. The names are the columns of the matrix.
CALLERS: Final[Mapping[str, _Key]] = {
    "member": _Key("member"),
    "lead": _Key("lead"),
    "other member": _Key("other member"),
    "other lead": _Key("other lead"),
    "admin": _Key("admin"),
    "calls only": _Key("admin", scopes=CALLS),
    "manages only": _Key("admin", scopes=MANAGES),
    "service": _Key(None, "team"),
    "service calls only": _Key(None, "team", scopes=CALLS),
}
BAD_KEYS: Final[Mapping[str, _Key]] = {
    "expired": _Key("admin", expires_at_ms=LONG_AGO_MS),
    "revoked": _Key("admin", revoked_at_ms=LONG_AGO_MS),
    "disabled": _Key("disabled"),
    "leaver": _Key("leaver", "team"),
}
BROWSERS: Final = ("member", "lead", "admin")  # who calls from a browser too
# Those that nobody calls with.
KEYS: Final[Mapping[str, _Key]] = {
    "fellow-key": _Key("fellow", scopes=MANAGES),
    "charged-key": _Key("fellow", "team", scopes=MANAGES),
    "team-key": _Key(None, "team", scopes=MANAGES),
    "admin-key": _Key("second-admin", scopes=MANAGES),
}
# Whose limits and budgets there are; they are so wide that they refuse no call.
OWNERS: Final = {"team": "team", "user": "fellow", "key": "charged-key"}
UPSTREAM: Final = "simulator"
OPERATOR_SECRET: Final = "an-operator-secret-that-only-tests-know"


@dataclass(frozen=True, slots=True)
class Population:
    """Who and what there is: ids by name, and what each caller sends."""

    ids: Mapping[str, str]
    headers: Mapping[str, dict[str, str]]
    secrets: frozenset[str]

    def id_of(self, name: str, caller: str) -> str:
        """Return the id of an object.

        `self` is the caller, `own-key` another key of theirs; `no-...` is nobody's id. Who has no
        good key pretends to be the admin.
        """
        if name.startswith("no-"):
            return new_id(name.removeprefix("no-"))
        caller = caller.removesuffix(" in a browser")
        whose = caller if caller in CALLERS else "admin"
        own = {"self": CALLERS[whose].user or "", "own-key": f"own-key of {whose}"}
        return self.ids[own.get(name, name)]


async def populate(session: AsyncSession, pepper: bytes) -> Population:
    """Put a company in the place of whoever is there."""
    await _clear(session)
    rows, ids = list[Base](), dict[str, str]()
    for name in ("team", "other team"):
        ids[name] = new_id("team")
        rows.append(Team(id=ids[name], name=ids[name], folded_name=ids[name], created_at_ms=1))
    for name, person in PEOPLE.items():
        ids[name] = new_id("user")
        rows.append(_user(ids[name], name, person))
    session.add_all(rows)
    await session.flush()
    secrets = dict[str, str]()
    for name, key in _keys().items():
        row, secrets[name] = _key(name, key, ids, pepper)
        ids[name] = row.id
        session.add(row)
    session.add_all(
        Member(team_id=ids[one.team], user_id=ids[name], role=one.team_role, created_at_ms=1)
        for name, one in PEOPLE.items()
        if one.team is not None
    )
    for name, row in (
        *_terms(ids),
        ("price", _price()),
        ("rule", _rule(ids["team"])),
        ("change", _change()),
    ):
        ids[name] = row.id
        session.add(row)
    made = _model()
    ids["made-model"] = made.name
    session.add(made)
    ids["call"], ids["upstream"] = new_id("req"), UPSTREAM
    session.add_all((_body(ids["call"]), _entry(ids["call"], ids)))
    called = {name: secrets[f"key of {name}"] for name in (*CALLERS, *BAD_KEYS)}
    called |= {"bootstrap": ADMIN_KEY, "operator": OPERATOR_SECRET, "unknown": new_secret()}
    tokens = {name: new_token() for name in BROWSERS}
    session.add_all(_session(token, ids[name], pepper) for name, token in tokens.items())
    headers = {name: {"authorization": f"Bearer {text}"} for name, text in called.items()}
    headers |= {f"{name} in a browser": _sends(one, pepper) for name, one in tokens.items()}
    known = {*secrets.values(), *tokens.values()}
    return Population(ids, headers | {"nobody": {}}, frozenset(known))


async def _clear(session: AsyncSession) -> None:
    is_used = BudgetRow.id.in_(select(BudgetPeriodRow.budget_id))
    await session.execute(delete(BudgetRow).where(~is_used))
    await session.execute(update(BudgetRow).values(archived_at_ms=LONG_AGO_MS))
    # What is of users and teams goes with them.
    for table in (LimitRow, PriceRow, ModelRow, BodyRule, BodyRow, User, Team):
        await session.execute(delete(table))


def _body(entry_id: str) -> BodyRow:
    return BodyRow(entry_id=entry_id, expires_at_ms=FAR_OFF_MS, request="", answer="", is_cut=False)


def _terms(ids: Mapping[str, str]) -> Iterator[tuple[str, BudgetRow | LimitRow]]:
    """Yield a budget of each scope, and a limit of each but the instance."""
    for kind, owner in {**OWNERS, "instance": None}.items():
        scope_id = "" if owner is None else ids[owner]
        yield f"{kind}-budget", _budget(kind, scope_id)
        if owner is not None:
            yield f"{kind}-limit", _limit(kind, scope_id)


def _budget(scope: str, scope_id: str) -> BudgetRow:
    return BudgetRow(
        id=new_id("budget"),
        scope=scope,
        scope_id=scope_id,
        cap_nusd=10**15,
        period="month",
        time_zone="UTC",
        is_hard=False,
        alert_percents=[100],
        unknown_hold_nusd=1,
        created_at_ms=1,
        archived_at_ms=None,
    )


def _limit(scope: str, scope_id: str) -> LimitRow:
    return LimitRow(
        id=new_id("limit"),
        scope=scope,
        scope_id=scope_id,
        requests_per_minute=10**6,
        tokens_per_minute=None,
        parallel_calls=None,
        wait_up_to_ms=0,
        created_at_ms=1,
    )


def _price() -> PriceRow:
    return PriceRow(
        id=new_id("price"),
        model="any/model",
        upstream=None,
        unit="request",
        nusd_per_million=1,
        valid_from_ms=LONG_AGO_MS,
        valid_until_ms=None,
        source="api",
        created_at_ms=LONG_AGO_MS,
    )


def _model() -> ModelRow:
    target = {"upstream": UPSTREAM, "model": "any/model"}
    return ModelRow(
        name="team/made", config={"targets": [target]}, created_at_ms=1, updated_at_ms=1
    )


def _entry(entry_id: str, ids: Mapping[str, str]) -> EntryRow:
    owners = {"key_id": ids["charged-key"], "user_id": ids["fellow"], "team_id": ids["team"]}
    return EntryRow(**(entry(entry_id) | owners))


def _rule(team_id: str) -> BodyRule:
    return BodyRule(
        id=new_id("rule"),
        scope="team",
        scope_id=team_id,
        max_bytes=2_048,
        keep_days=7,
        created_at_ms=1,
    )


def _change() -> AuditRow:
    return AuditRow(
        id=new_id("audit"),
        at_ms=LONG_AGO_MS,
        actor_kind="system",
        actor_id="system",
        actor_key_id=None,
        actor_name="system",
        action="user.create",
        object_type="user",
        object_id=new_id("user"),
        team_id=None,
        before=None,
        after=None,
        from_ip=None,
        request_id=None,
    )


def _keys() -> dict[str, _Key]:
    calling = {f"key of {name}": key for name, key in {**CALLERS, **BAD_KEYS}.items()}
    spare = {f"own-key of {name}": key for name, key in CALLERS.items() if key.user is not None}
    return {**KEYS, **calling, **spare}


def _user(user_id: str, name: str, person: _Person) -> User:
    return User(
        id=user_id,
        email=f"{user_id}@example.com",
        name=name.title(),
        role=person.role,
        password_hash=None,
        created_at_ms=1,
        disabled_at_ms=LONG_AGO_MS if person.is_disabled else None,
    )


def _session(token: str, user_id: str, pepper: bytes) -> SessionRow:
    now_ms = epoch_ms(SystemClock().now())
    return SessionRow(
        id=new_id("session"),
        digest=token_digest(pepper, TokenUse.SESSION, token),
        user_id=user_id,
        signed_in_with="link",
        created_at_ms=now_ms,
        used_at_ms=now_ms,
        expires_at_ms=FAR_OFF_MS,
    )


def _sends(token: str, pepper: bytes) -> dict[str, str]:
    csrf = csrf_token(pepper, token)
    return {"cookie": f"meterhouse-80={token}", "x-meterhouse-csrf": csrf}


def _key(name: str, key: _Key, ids: Mapping[str, str], pepper: bytes) -> tuple[ApiKey, str]:
    secret = new_secret()
    row: Any = ApiKey(
        id=new_id("key"),
        name=name,
        digest=digest(pepper, secret),
        pepper_version=pepper_version(pepper),
        prefix=secret[:8],
        last4=secret[-4:],
        scopes=list(key.scopes),
        created_at_ms=1,
        expires_at_ms=key.expires_at_ms,
        revoked_at_ms=key.revoked_at_ms,
        last_used_at_ms=None,
        user_id=None if key.user is None else ids[key.user],
        team_id=None if key.team is None else ids[key.team],
        allowed_models=None if key.allowed_models is None else list(key.allowed_models),
        tags={},
        created_by=None,
    )
    return row, secret
