"""What the lines of the table stand for: objects, and what is sent."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from app.core.ids import new_id
from tests.integration.access.population import Population

MODEL: Final = "meta-llama/Llama-3.3-70B-Instruct"
_FILES: Final = {
    "model": MODEL,
    "file": "icon.svg",
    "asset": "swagger-ui.css",
    "classifier": "org/text-classification",
    "task": "text-classification",
}
_OBJECT: Final = re.compile(r"\{([\w-]+)\}")


class Body(NamedTuple):
    """What is sent, in words and as JSON; `{...}` is an object's id, `{new}` an unheard-of word."""

    words: str
    template: Mapping[str, Any]


_CHAT: Final = {
    "model": MODEL,
    "max_tokens": 1,
    "messages": [{"role": "user", "content": "Hi"}],
}
_PERSON: Final = {"email": "{new}@example.com", "name": "New"}
_TARGETS: Final = [{"upstream": "simulator", "model": MODEL}]
_KEY: Final = {"name": "new", "scopes": ["manage"]}
BODIES: Final[Mapping[str, Body]] = {
    "a-chat": Body("", _CHAT),
    "a-prompt": Body("", {"prompt": "Hi"}),
    "a-text": Body("", {"inputs": "Hi"}),
    "a-text-for-it": Body("", {"inputs": "Hi", "model": "org/text-classification"}),
    "a-person": Body("a member", _PERSON),
    "an-admin": Body("an admin", _PERSON | {"role": "admin"}),
    "a-bad-link": Body("a link that is no good", {"link": "{new}"}),
    "a-password": Body("", {"new_password": "{new}"}),
    "a-fellow": Body("for a fellow", {"user_id": "{fellow}"}),
    "no-person": Body("for nobody", {"user_id": "{no-user}"}),
    "a-name": Body("a name", {"name": "{new}"}),
    "being-admin": Body("the role `admin`", {"role": "admin"}),
    "being-disabled": Body("disabled", {"disabled": True}),
    "a-stranger": Body("a stranger", {"user_id": "{stranger}"}),
    "a-lead": Body("a stranger, as a lead", {"user_id": "{stranger}", "role": "lead"}),
    "oneself": Body("oneself, as a lead", {"user_id": "{self}", "role": "lead"}),
    "nobody": Body("nobody's id", {"user_id": "{no-user}"}),
    "being-lead": Body("the role `lead`", {"role": "lead"}),
    "for-oneself": Body("of one's own, that calls", {"name": "mine"}),
    "that-manages": Body("of one's own, that manages", _KEY),
    "for-oneself-in-the-team": Body(
        "of one's own, charged to the team", _KEY | {"user_id": "{self}", "team_id": "{team}"}
    ),
    "for-a-fellow": Body("of a fellow", _KEY | {"user_id": "{fellow}"}),
    "for-another-admin": Body("of another admin", _KEY | {"user_id": "{second-admin}"}),
    "for-the-team": Body("of the team", _KEY | {"team_id": "{team}"}),
    "for-no-user": Body("of nobody", _KEY | {"user_id": "{no-user}"}),
    "for-the-team-a-month": Body(
        "of the team", {"scope": "team", "scope_id": "{team}", "cap_usd": 9, "period": "month"}
    ),
    "for-the-key-a-day": Body(
        "of a key of the team",
        {"scope": "key", "scope_id": "{team-key}", "cap_usd": 9, "period": "day"},
    ),
    "for-all-in-total": Body(
        "of the instance", {"scope": "instance", "cap_usd": 9, "period": "total"}
    ),
    "for-no-user-a-week": Body(
        "of nobody", {"scope": "user", "scope_id": "{no-user}", "cap_usd": 9, "period": "week"}
    ),
    "a-cap": Body("a cap", {"cap_usd": 12.5}),
    "for-another-key": Body(
        "of a key of the team",
        {"scope": "key", "scope_id": "{team-key}", "requests_per_minute": 6_000},
    ),
    "for-all": Body("of the instance", {"scope": "instance", "parallel_calls": 50}),
    "for-the-team-again": Body(
        "of the team, which has one",
        {"scope": "team", "scope_id": "{team}", "tokens_per_minute": 1_000_000},
    ),
    "for-no-key": Body(
        "of no key", {"scope": "key", "scope_id": "{no-key}", "requests_per_minute": 60}
    ),
    "a-limit": Body("a limit", {"requests_per_minute": 7_000}),
    "a-price": Body("", {"model": MODEL, "input": 1, "output": 2.5}),
    "a-list": Body(
        "",
        {
            "source": "litellm",
            "prices": [{"model": MODEL, "upstream": "simulator", "per_request": 1}],
        },
    ),
    "a-model": Body("", {"name": "team/{new}", "targets": _TARGETS}),
    "a-model-again": Body("that is there", {"name": "{made-model}", "targets": _TARGETS}),
    "a-strategy": Body("a strategy", {"strategy": "fastest"}),
    "a-call": Body("", {"model": MODEL}),
    "of-no-key": Body("of no key", {"model": MODEL, "key_id": "{no-key}"}),
    "of-another-key": Body("of a key of the team", {"scope": "key", "scope_id": "{team-key}"}),
    "of-the-team-again": Body(
        "of the team, which has one", {"scope": "team", "scope_id": "{team}"}
    ),
    "of-no-team": Body("of no team", {"scope": "team", "scope_id": "{no-team}"}),
    "for-no-team": Body("of no team", _KEY | {"team_id": "{no-team}"}),
}


def path_of(path: str, people: Population, caller: str) -> str:
    """Return the path of a line for one caller."""
    return str(filled(path, people, caller))


def body_of(sends: str | None, people: Population, caller: str) -> Any:
    """Return what a line sends for one caller."""
    return None if sends is None else filled(BODIES[sends].template, people, caller)


def filled(value: Any, people: Population, caller: str) -> Any:
    """Return JSON with ids in the place of what stands for them."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {name: filled(one, people, caller) for name, one in pairs}
    if isinstance(value, list):
        return [filled(one, people, caller) for one in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value

    def find(found: re.Match[str]) -> str:
        name = found[1]
        if name == "new":
            return new_id("new")
        return _FILES.get(name) or people.id_of(name, caller)

    return _OBJECT.sub(find, value)
