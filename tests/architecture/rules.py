"""The founding guide's rules, in its order. With the tests, they make `docs/guide.md`.

A test that keeps a rule says so with `@pytest.mark.keeps(rules.THIN_ROUTES)`; what a tool keeps is
named here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the guide's words, where it holds, which tools keep it, where we go further."""

    section: str
    says: str
    where: str
    tools: str = ""
    further: str = ""


_GENERAL: Final = "General"
_SECRETS: Final = "1. No secrets in code"
_LOGIC: Final = "2. Business logic outside routes"
_SIZE: Final = "3. File size"
_ASYNC: Final = "4. Consistent async"
_SCHEMAS: Final = "5. Schema-first"
_TESTING: Final = "Testing"
_ERRORS: Final = "Error handling"
_SERVICES: Final = "Services"

STYLE: Final = Rule(
    _GENERAL,
    "Follow PEP 8 and use type hints.",
    "all of `app`, `scripts` and `tests`",
    tools="`ruff` (every rule, exceptions with a reason), `basedpyright` (strict)",
    further="complexity 8, 30 statements, 6 arguments and 5 returns a function",
)
ASYNC_IO: Final = Rule(
    _GENERAL,
    "Prefer async/await for I/O-heavy operations.",
    "`app/api`, `app/services`, `app/db`",
    tools="`ruff` (ASYNC: nothing blocks inside a coroutine)",
    further="routes and dependencies are coroutines, the trivial ones too",
)
LAYOUT: Final = Rule(
    _GENERAL,
    "Keep the structured layout: `app/` with `api/v1/{routes,schemas}`, `core`, `services`, "
    "`models`, `db`, `utils`.",
    "`app/`",
    tools="`import-linter` (every package has its place)",
    further="imports point down only; packages hold a docstring and nothing else",
)
PYDANTIC: Final = Rule(
    _GENERAL,
    "Define request and response models with Pydantic.",
    "`app/api/v1/schemas`, `app/api/ops/schemas.py`",
    further="a schema lives where the wire is: never in services",
)
STATIC: Final = Rule(
    _GENERAL,
    "Keep JS and CSS in separate static files; never embed logic in HTML.",
    "`app/static`",
    further="a Content-Security-Policy without `unsafe-inline`; no page names a foreign host",
)
DOCSTRINGS: Final = Rule(
    _GENERAL,
    "Add docstrings to route handlers, service functions and background tasks.",
    "all of `app`",
    tools="`ruff` (D: everything public)",
    further="a handler's docstring is the text of the API reference",
)
NO_SECRETS: Final = Rule(
    _SECRETS,
    "Never hardcode keys.",
    "every file of the repository",
    tools="`ruff` (S105, S106, S107)",
)
SETTINGS: Final = Rule(
    _SECRETS,
    "Use `.env` with pydantic settings, or Docker secrets, loaded in `app/core/config.py`.",
    "`app/core/config.py`",
    tools="`ruff` (TID251: `os.environ` is banned elsewhere)",
    further="what is secret has a secret type, so it cannot reach a log or an error",
)
THIN_ROUTES: Final = Rule(
    _LOGIC,
    "Route handlers are thin: parse the request, call the service layer, return the result.",
    "`app/api`",
    further="at most 12 statements, no `try`, no loop, no status decided",
)
LOGIC_BELOW: Final = Rule(
    _LOGIC,
    "Heavy logic, external calls and async jobs go to `services/`.",
    "`app/services`",
    tools="`import-linter` (routes stand above services; services know no HTTP framework)",
)
FILE_SIZE: Final = Rule(
    _SIZE,
    "One file has at most 800 lines (soft).",
    "`app`, `benchmarks`, `scripts`, `tests`",
    further="400, with no exceptions; JS and CSS too",
)
ENDPOINTS: Final = Rule(
    _SIZE,
    "Split a module with more than 10 endpoints.",
    "`app/api`, `app/simulator`",
    tools="`ruff` (PLR0904: at most 10 public methods a class)",
)
SERVICE_SIZE: Final = Rule(
    _SIZE,
    "Split a module with more than 5k characters of business logic.",
    "`app/services`",
    further="a module over the limit is listed with its reason",
)
HTTP_CLIENTS: Final = Rule(
    _ASYNC,
    "All HTTP calls go through `httpx.AsyncClient`.",
    "`app/services/providers/http_client.py`",
    further="`httpx2`, its maintained continuation; clients are made in one module",
)
DATABASE: Final = Rule(
    _ASYNC,
    "All DB calls should preferably use an async ORM (SQLAlchemy 2 async).",
    "`app/db`, `app/models`",
    tools="`import-linter` (services write no SQL)",
    further="all SQL lies in `app/db`, and only it commits",
)
REQUEST_SCHEMA: Final = Rule(
    _SCHEMAS,
    "Every route specifies its request schema (a Pydantic model).",
    "`app/api`",
)
RESPONSE_SCHEMA: Final = Rule(
    _SCHEMAS,
    "Every route specifies its response schema.",
    "`app/api`",
    further="routes whose answer's bytes pass through declare it too",
)
NO_RAW_DICTS: Final = Rule(
    _SCHEMAS,
    "Avoid returning raw dictionaries.",
    "`app/api`",
)
TEST_CLIENT: Final = Rule(
    _TESTING,
    "Use pytest with FastAPI's TestClient; `app.main` has `app`.",
    "`tests/test_guide.py`",
    further="the guide's own test, word for word",
)
TESTS_FOR: Final = Rule(
    _TESTING,
    "Add tests for route correctness, service logic and error handling; at minimum smoke tests "
    "for critical routes.",
    "`tests`",
    tools="`coverage` (branches, at least 90 %)",
    further="every route is called by name in a test; real clients over real sockets",
)
JSON_ERRORS: Final = Rule(
    _ERRORS,
    "Always return JSON for API endpoints, through handlers for every exception.",
    "`app/api/errors.py`",
    further="404, 405, 413 and 422 in the same form; no `HTTPException` anywhere",
)
TYPED_ERRORS: Final = Rule(
    _ERRORS,
    "Use typed error models for predictable structure.",
    "`app/core/errors.py`, `app/api/errors.py`",
    further="every error has a class, a code of its own and a row in one table of statuses",
)
LOG_BELOW: Final = Rule(
    _ERRORS,
    "Log errors in the service layer, not in routes.",
    "`app/api`",
)
CLEAR_SERVICES: Final = Rule(
    _SERVICES,
    "Services have clear classes or functions, such as `HFService.generate(payload)`.",
    "`app/services`",
)
NO_GLOBALS: Final = Rule(
    _SERVICES,
    "No global state: use dependency injection via `Depends`.",
    "all of `app`",
    tools="`ruff` (PLW0603)",
    further="one frozen container, opened by the lifespan; importing `app.main` opens nothing",
)

RULES: Final = tuple(value for value in list(vars().values()) if isinstance(value, Rule))

# Service modules over 5,000 characters of code, and why each is better in one piece.
LARGE_ON_PURPOSE: Final = {
    "app/services/providers/upstream_errors.py": "one table from what upstreams complain about to "
    "our errors, with the ways in which they say it",
    "app/services/providers/upstream_http.py": "one request from sending to closing: its "
    "time-outs, limits and named errors share their state",
}
