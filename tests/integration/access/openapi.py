"""What the API reference says can be sent, for tests that send something else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.main import app
from tests.integration.access.population import Population
from tests.integration.access.requests import MODEL, body_of
from tests.integration.access.table import SECTIONS, rows

_OTHERS: Final = (
    "/v1/chat/",  # fields that the gateway does not know are the upstream's
    "/v1/tasks/",  # as the tasks say: tests/integration/tasks
    "/v1/session",  # its secrets are never shown: tests/integration/session
)
_PLACE: Final = re.compile(r"\{([^}]+)\}")
_THERE: Final = {
    "user_id": "fellow",
    "team_id": "team",
    "key_id": "team-key",
    "model_id": "model",
    "budget_id": "team-budget",
    "limit_id": "team-limit",
    "price_id": "price",
    "rule_id": "rule",
    "row_id": "change",
    "entry_id": "call",
    "upstream": "upstream",
    "name": "made-model",
}
_DOCUMENT: Final[dict[str, Any]] = app.openapi()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path that manages something."""

    method: str
    path: str
    query: Mapping[str, Any]  # schemas by name
    body: Mapping[str, Any]  # schemas by name; without them the route takes no body
    required: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def path_to(self, people: Population) -> str:
        """Return its path, with things that are there."""
        return in_place(self.path, people)

    def valid_body(self, people: Population) -> dict[str, Any]:
        """Return what it takes: the first that the table sends there."""
        shape = _PLACE.sub("{}", self.path)
        sent = (
            row.sends
            for section in SECTIONS
            for row in rows(section)
            if (row.method, row.shape) == (self.method, shape)
        )
        return body_of(next(sent), people, "admin") or {}


def in_place(path: str, people: Population) -> str:
    """Return a path with things that are there."""
    return _PLACE.sub(lambda found: people.ids.get(_THERE[found[1]], MODEL), path)


def operations() -> Iterator[Operation]:
    """Yield every operation of the API but those that pass on what they are sent."""
    for path, methods in _DOCUMENT["paths"].items():
        if path.startswith(("/v1/", "/users/")) and not path.startswith(_OTHERS):
            for method, operation in methods.items():
                yield _operation(method.upper(), path, operation)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    parameters = operation.get("parameters", [])
    content = operation.get("requestBody", {}).get("content", {})
    body = resolve(content.get("application/json", {}).get("schema", {}))
    return Operation(
        method,
        path,
        query={one["name"]: one["schema"] for one in parameters if one["in"] == "query"},
        body=body.get("properties", {}),
        required=tuple(body.get("required", ())),
    )


def resolve(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a schema refers to."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return resolve(_DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]])


def variants(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield each form that a value may have."""
    found = resolve(schema)
    if "anyOf" in found:
        for one in found["anyOf"]:
            yield from variants(one)
    else:
        yield found
