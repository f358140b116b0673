"""Who may do what: the table that `docs/access.md` shows and `test_matrix.py` tries.

A line: method, path with the objects that it names, sometimes what is sent, and what each caller is
answered. `-` is a question that makes no sense. What follows a `|` is for who is signed in, in a
browser, where it is not what their key is answered.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# The callers of each column are answered the same.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "no good key": ("nobody", "unknown", "expired", "revoked", "disabled", "leaver"),
    "member": ("member", "member in a browser"),
    "lead": ("lead", "lead in a browser"),
    "other member": ("other member",),
    "other lead": ("other lead",),
    "admin": ("admin", "admin in a browser"),
    "admin, manages only": ("manages only",),
    "admin, calls only": ("calls only",),
    "service": ("service",),
    "service, calls only": ("service calls only",),
    "built in": ("bootstrap", "operator"),
}

_PLACE: Final = re.compile(r"\{[^}]+\}")

_OPERATIONS: Final = """
GET    /                                    200   200 200   200 200   200 200 200   200 200   200
HEAD   /                                    200   200 200   200 200   200 200 200   200 200   200
GET    /static/{file}                       200   200 200   200 200   200 200 200   200 200   200
HEAD   /static/{file}                       200   200 200   200 200   200 200 200   200 200   200
GET    /health                              200   200 200   200 200   200 200 200   200 200   200
HEAD   /health                              200   200 200   200 200   200 200 200   200 200   200
GET    /ready                               200   200 200   200 200   200 200 200   200 200   200
HEAD   /ready                               200   200 200   200 200   200 200 200   200 200   200
GET    /docs/assets/{asset}                 200   200 200   200 200   200 200 200   200 200   200
GET    /docs                                401   200 200   200 200   200 200 403   200 403   200
HEAD   /docs                                401   200 200   200 200   200 200 403   200 403   200
GET    /openapi.json                        401   200 200   200 200   200 200 403   200 403   200
GET    /metrics                             401   200 200   200 200   200 200 403   200 403   200
"""
_CALLS: Final = """
POST   /v1/chat/completions  a-chat         401   200 200   200 200   200 403 200   200 200   200
POST   /v1/tasks/{task}  a-text-for-it
                                            401   200 200   200 200   200 403 200   200 200   200
GET    /v1/tasks                            401   200 200   200 200   200 403 200   200 200   200
POST   /hf-inference/models/{classifier}  a-text
                                            401   200 200   200 200   200 403 200   200 200   200
POST   /models/{classifier}  a-text         401   200 200   200 200   200 403 200   200 200   200
POST   /hf-inference/models/{classifier}/pipeline/{task}  a-text
                                            401   200 200   200 200   200 403 200   200 200   200
POST   /hf-inference/models/{model}/v1/chat/completions  a-chat
                                            401   200 200   200 200   200 403 200   200 200   200
POST   /hf-inference/models/{model}/v1/completions  a-prompt
                                            401   200 200   200 200   200 403 200   200 200   200
GET    /hf-inference/models/{model}/health  401   200 200   200 200   200 403 200   200 200   200
GET    /hf-inference/models/{model}/info    401   200 200   200 200   200 403 200   200 200   200
GET    /api/models/{model}                  401   200 200   200 200   200 403 200   200 200   200
GET    /api/tasks                           401   200 200   200 200   200 403 200   200 200   200
POST   /                                    401   400 400   400 400   400 403 400   400 400   400
POST   /v1                                  401   400 400   400 400   400 403 400   400 400   400
GET    /v1/models                           401   200 200   200 200   200 403 200   200 200   200
GET    /v1/models/{model}                   401   200 200   200 200   200 403 200   200 200   200
GET    /v1/usage                            401   200 200   200 200   200 403 200   200 200   200
GET    /v1/usage/entries                    401   200 200   200 200   200 403 200   200 200   200
GET    /v1/usage/entries/export?format=csv  401   200 200   200 200   200 403 200   200 200   200
GET    /v1/usage/entries/{call}             401   404 404   404 404   404 403 404   404 404   404
GET    /v1/usage/entries/{no-call}          401   404 404   404 404   404 403 404   404 404   404
GET    /v1/me                               401   200 200   200 200   200 200 200   200 200   200
"""
_USERS: Final = """
POST   /v1/users  a-person                  401   403 403   403 403   201 201 403   403 403   201
POST   /v1/users  an-admin                  401   403 403   403 403   201 201 403   403 403   201
GET    /v1/users                            401   200 200   200 200   200 200 403   200 403   200
GET    /v1/users/{self}                     401   200 200   200 200   200 200 403    -   -     -
GET    /v1/users/{fellow}                   401   404 200   404 404   200 200 403   200 403   200
GET    /v1/users/{second-admin}             401   404 404   404 404   200 200 403   404 403   200
GET    /v1/users/{no-user}                  401   404 404   404 404   404 404 403   404 403   404
GET    /v1/users/{self}/teams               401   200 200   200 200   200 200 403    -   -     -
GET    /v1/users/{fellow}/teams             401   404 200   404 404   200 200 403   200 403   200
GET    /v1/users/{second-admin}/teams       401   404 404   404 404   200 200 403   404 403   200
GET    /v1/users/{no-user}/teams            401   404 404   404 404   404 404 403   404 403   404
GET    /users/{self}                        401   200 200   200 200   200 200 403    -   -     -
GET    /users/{fellow}                      401   404 200   404 404   200 200 403   200 403   200
GET    /users/{second-admin}                401   404 404   404 404   200 200 403   404 403   200
GET    /users/{no-user}                     401   404 404   404 404   404 404 403   404 403   404
PATCH  /v1/users/{self}  a-name             401   403 403   403 403   200 200 403    -   -     -
PATCH  /v1/users/{self}  being-admin        401   403 403   403 403   200 200 403    -   -     -
PATCH  /v1/users/{fellow}  a-name           401   404 403   404 404   200 200 403   403 403   200
PATCH  /v1/users/{fellow}  being-admin      401   404 403   404 404   200 200 403   403 403   200
PATCH  /v1/users/{fellow}  being-disabled   401   404 403   404 404   200 200 403   403 403   200
PATCH  /v1/users/{second-admin}  a-name     401   404 404   404 404   200 200 403   404 403   200
PATCH  /v1/users/{no-user}  a-name          401   404 404   404 404   404 404 403   404 403   404
DELETE /v1/users/{self}                     401   403 403   403 403   204 204 403    -   -     -
DELETE /v1/users/{fellow}                   401   404 403   404 404   204 204 403   403 403   204
DELETE /v1/users/{second-admin}             401   404 404   404 404   204 204 403   404 403   204
DELETE /v1/users/{no-user}                  401   404 404   404 404   404 404 403   404 403   404
POST   /v1/users/{self}/reset-password      401   403 403   403 403   200 403 403    -   -     -
POST   /v1/users/{fellow}/reset-password    401   404 403   404 404   200 403 403   403 403   200
POST   /v1/users/{no-user}/reset-password   401   404 404   404 404   404 403 403   404 403   404
"""
_SIGNING_IN: Final = """
POST   /v1/session  a-bad-link              401   401 401   401 401   401 401 401   401 401   401
GET    /v1/session                          401   401 401   401 401   401 401 401   401 401   401
    |200
PUT    /v1/session/password  a-password     401   403 403   403 403   403 403 403   403 403   403
    |200
DELETE /v1/session                          401   403 403   403 403   403 403 403   403 403   403
    |204
POST   /v1/admin/sign-in-links  a-fellow    401   403 403   403 403   201 403 403   403 403   201
POST   /v1/admin/sign-in-links  no-person   401   403 403   403 403   404 403 403   403 403   404
"""
_TEAMS: Final = """
POST   /v1/teams  a-name                    401   403 403   403 403   201 201 403   403 403   201
GET    /v1/teams                            401   200 200   200 200   200 200 403   200 403   200
GET    /v1/teams/{team}                     401   200 200   404 404   200 200 403   200 403   200
GET    /v1/teams/{no-team}                  401   404 404   404 404   404 404 403   404 403   404
PATCH  /v1/teams/{team}  a-name             401   403 403   404 404   200 200 403   403 403   200
PATCH  /v1/teams/{no-team}  a-name          401   404 404   404 404   404 404 403   404 403   404
DELETE /v1/teams/{team}                     401   403 403   404 404   204 204 403   403 403   204
DELETE /v1/teams/{no-team}                  401   404 404   404 404   404 404 403   404 403   404
"""
_MEMBERS: Final = """
GET    /v1/teams/{team}/members             401   200 200   404 404   200 200 403   200 403   200
GET    /v1/teams/{no-team}/members          401   404 404   404 404   404 404 403   404 403   404
POST   /v1/teams/{team}/members  a-stranger 401   403 201   404 404   201 201 403   201 403   201
POST   /v1/teams/{team}/members  a-lead     401   403 201   404 404   201 201 403   201 403   201
POST   /v1/teams/{team}/members  oneself    401   403 409   404 404   201 201 403    -   -     -
POST   /v1/teams/{team}/members  nobody     401   403 404   404 404   404 404 403   404 403   404
POST   /v1/teams/{no-team}/members  a-lead  401   404 404   404 404   404 404 403   404 403   404
PATCH  /v1/teams/{team}/members/{self}      being-lead
                                            401   403 200   404 404   404 404 403    -   -     -
PATCH  /v1/teams/{team}/members/{fellow}    being-lead
                                            401   403 200   404 404   200 200 403   200 403   200
PATCH  /v1/teams/{team}/members/{stranger}  being-lead
                                            401   403 404   404 404   404 404 403   404 403   404
PATCH  /v1/teams/{team}/members/{no-user}   being-lead
                                            401   403 404   404 404   404 404 403   404 403   404
DELETE /v1/teams/{team}/members/{self}      401   403 204   404 404   404 404 403    -   -     -
DELETE /v1/teams/{team}/members/{fellow}    401   403 204   404 404   204 204 403   204 403   204
DELETE /v1/teams/{team}/members/{stranger}  401   403 404   404 404   404 404 403   404 403   404
DELETE /v1/teams/{team}/members/{no-user}   401   403 404   404 404   404 404 403   404 403   404
"""
_KEYS: Final = """
POST   /v1/keys  for-oneself                401   201 201   201 201   201 403 403   201 403   400
POST   /v1/keys  that-manages               401   201 201   201 201   201 201 403   201 403   400
POST   /v1/keys  for-oneself-in-the-team    401   201 201   404 404   409 409 403    -   -     -
POST   /v1/keys  for-a-fellow               401   404 403   404 404   201 201 403   403 403   201
POST   /v1/keys  for-another-admin          401   404 404   404 404   201 201 403   404 403   201
POST   /v1/keys  for-the-team               401   403 201   404 404   201 201 403   201 403   201
POST   /v1/keys  for-no-user                401   404 404   404 404   404 404 403   404 403   404
POST   /v1/keys  for-no-team                401   404 404   404 404   404 404 403   404 403   404
GET    /v1/keys                             401   200 200   200 200   200 200 403   200 403   200
GET    /v1/keys/{own-key}                   401   200 200   200 200   200 200 403    -   -     -
GET    /v1/keys/{fellow-key}                401   404 404   404 404   200 200 403   404 403   200
GET    /v1/keys/{charged-key}               401   404 200   404 404   200 200 403   200 403   200
GET    /v1/keys/{team-key}                  401   404 200   404 404   200 200 403   200 403   200
GET    /v1/keys/{admin-key}                 401   404 404   404 404   200 200 403   404 403   200
GET    /v1/keys/{no-key}                    401   404 404   404 404   404 404 403   404 403   404
POST   /v1/keys/{own-key}/rotate            401   201 201   201 201   201 201 403    -   -     -
POST   /v1/keys/{fellow-key}/rotate         401   404 404   404 404   201 201 403   404 403   201
POST   /v1/keys/{charged-key}/rotate        401   404 403   404 404   201 201 403   403 403   201
POST   /v1/keys/{team-key}/rotate           401   404 201   404 404   201 201 403   201 403   201
POST   /v1/keys/{admin-key}/rotate          401   404 404   404 404   201 201 403   404 403   201
POST   /v1/keys/{no-key}/rotate             401   404 404   404 404   404 404 403   404 403   404
DELETE /v1/keys/{own-key}                   401   204 204   204 204   204 204 403    -   -     -
DELETE /v1/keys/{fellow-key}                401   404 404   404 404   204 204 403   404 403   204
DELETE /v1/keys/{charged-key}               401   404 204   404 404   204 204 403   204 403   204
DELETE /v1/keys/{team-key}                  401   404 204   404 404   204 204 403   204 403   204
DELETE /v1/keys/{admin-key}                 401   404 404   404 404   204 204 403   404 403   204
DELETE /v1/keys/{no-key}                    401   404 404   404 404   404 404 403   404 403   404
"""
_BUDGETS: Final = """
POST   /v1/budgets  for-the-team-a-month    401   403 403   403 403   201 201 403   403 403   201
POST   /v1/budgets  for-the-key-a-day       401   403 403   403 403   201 201 403   403 403   201
POST   /v1/budgets  for-all-in-total        401   403 403   403 403   201 201 403   403 403   201
POST   /v1/budgets  for-no-user-a-week      401   403 403   403 403   404 404 403   403 403   404
GET    /v1/budgets                          401   200 200   200 200   200 200 403   200 403   200
GET    /v1/budgets/{team-budget}            401   200 200   404 404   200 200 403   200 403   200
GET    /v1/budgets/{user-budget}            401   404 404   404 404   200 200 403   404 403   200
GET    /v1/budgets/{key-budget}             401   404 200   404 404   200 200 403   200 403   200
GET    /v1/budgets/{instance-budget}        401   404 404   404 404   200 200 403   404 403   200
GET    /v1/budgets/{no-budget}              401   404 404   404 404   404 404 403   404 403   404
GET    /v1/budgets/{team-budget}/events     401   200 200   404 404   200 200 403   200 403   200
GET    /v1/budgets/{user-budget}/events     401   404 404   404 404   200 200 403   404 403   200
GET    /v1/budgets/{no-budget}/events       401   404 404   404 404   404 404 403   404 403   404
PATCH  /v1/budgets/{team-budget}  a-cap     401   403 403   404 404   200 200 403   403 403   200
PATCH  /v1/budgets/{key-budget}  a-cap      401   404 403   404 404   200 200 403   403 403   200
PATCH  /v1/budgets/{instance-budget}  a-cap 401   404 404   404 404   200 200 403   404 403   200
PATCH  /v1/budgets/{no-budget}  a-cap       401   404 404   404 404   404 404 403   404 403   404
DELETE /v1/budgets/{team-budget}            401   403 403   404 404   204 204 403   403 403   204
DELETE /v1/budgets/{user-budget}            401   404 404   404 404   204 204 403   404 403   204
DELETE /v1/budgets/{key-budget}             401   404 403   404 404   204 204 403   403 403   204
DELETE /v1/budgets/{no-budget}              401   404 404   404 404   404 404 403   404 403   404
"""
_LIMITS: Final = """
POST   /v1/limits  for-another-key          401   403 403   403 403   201 201 403   403 403   201
POST   /v1/limits  for-all                  401   403 403   403 403   201 201 403   403 403   201
POST   /v1/limits  for-the-team-again       401   403 403   403 403   409 409 403   403 403   409
POST   /v1/limits  for-no-key               401   403 403   403 403   404 404 403   403 403   404
GET    /v1/limits                           401   200 200   200 200   200 200 403   200 403   200
GET    /v1/limits/{team-limit}              401   200 200   404 404   200 200 403   200 403   200
GET    /v1/limits/{user-limit}              401   404 404   404 404   200 200 403   404 403   200
GET    /v1/limits/{key-limit}               401   404 200   404 404   200 200 403   200 403   200
GET    /v1/limits/{no-limit}                401   404 404   404 404   404 404 403   404 403   404
PATCH  /v1/limits/{team-limit}  a-limit     401   403 403   404 404   200 200 403   403 403   200
PATCH  /v1/limits/{user-limit}  a-limit     401   404 404   404 404   200 200 403   404 403   200
PATCH  /v1/limits/{no-limit}  a-limit       401   404 404   404 404   404 404 403   404 403   404
DELETE /v1/limits/{team-limit}              401   403 403   404 404   204 204 403   403 403   204
DELETE /v1/limits/{key-limit}               401   404 403   404 404   204 204 403   403 403   204
DELETE /v1/limits/{no-limit}                401   404 404   404 404   404 404 403   404 403   404
"""
_PRICES: Final = """
POST   /v1/admin/prices  a-price            401   403 403   403 403   201 201 403   403 403   201
GET    /v1/admin/prices                     401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/prices/given               401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/prices/missing             401   403 403   403 403   200 200 403   403 403   200
POST   /v1/admin/prices/import  a-list      401   403 403   403 403   200 200 403   403 403   200
DELETE /v1/admin/prices/{price}             401   403 403   403 403   204 204 403   403 403   204
DELETE /v1/admin/prices/{no-price}          401   403 403   403 403   404 404 403   403 403   404
"""
_MODELS: Final = """
POST   /v1/admin/models  a-model            401   403 403   403 403   201 201 403   403 403   201
POST   /v1/admin/models  a-model-again      401   403 403   403 403   409 409 403   403 403   409
GET    /v1/admin/models                     401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/models/{made-model}        401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/models/{no-model}          401   403 403   403 403   404 404 403   403 403   404
PATCH  /v1/admin/models/{made-model}  a-strategy
                                            401   403 403   403 403   200 200 403   403 403   200
PATCH  /v1/admin/models/{no-model}  a-strategy
                                            401   403 403   403 403   404 404 403   403 403   404
DELETE /v1/admin/models/{made-model}        401   403 403   403 403   204 204 403   403 403   204
DELETE /v1/admin/models/{no-model}          401   403 403   403 403   404 404 403   403 403   404
"""
_ROUTING: Final = """
POST   /v1/admin/routing/explain  a-call    401   403 403   403 403   200 200 403   403 403   200
POST   /v1/admin/routing/explain  of-no-key 401   403 403   403 403   404 404 403   403 403   404
GET    /v1/admin/upstreams                  401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/upstreams/{upstream}       401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/upstreams/{no-upstream}    401   403 403   403 403   404 404 403   403 403   404
POST   /v1/admin/upstreams/{upstream}/drain 401   403 403   403 403   200 200 403   403 403   200
POST   /v1/admin/upstreams/{no-upstream}/drain
                                            401   403 403   403 403   404 404 403   403 403   404
POST   /v1/admin/upstreams/{upstream}/restore
                                            401   403 403   403 403   200 200 403   403 403   200
POST   /v1/admin/upstreams/{no-upstream}/restore
                                            401   403 403   403 403   404 404 403   403 403   404
"""
_LOG: Final = """
GET    /v1/admin/audit-log                  401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/audit-log/{change}         401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/audit-log/{no-change}      401   403 403   403 403   404 404 403   403 403   404
"""
_USAGE: Final = """
GET    /v1/admin/usage                      401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/usage?team_id={team}       401   403 200   404 404   200 200 403   200 403   200
GET    /v1/admin/usage?team_id={no-team}    401   404 404   404 404   200 200 403   404 403   200
GET    /v1/admin/usage?key_id={team-key}    401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/usage/entries              401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/usage/entries?team_id={team}
                                            401   403 200   404 404   200 200 403   200 403   200
GET    /v1/admin/usage/entries?team_id={no-team}
                                            401   404 404   404 404   200 200 403   404 403   200
GET    /v1/admin/usage/entries/{call}       401   404 200   404 404   200 200 403   200 403   200
GET    /v1/admin/usage/entries/{no-call}    401   404 404   404 404   404 404 403   404 403   404
GET    /v1/admin/usage/entries/export?format=csv
                                            401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/usage/entries/export?format=jsonl&team_id={team}
                                            401   403 200   404 404   200 200 403   200 403   200
"""
_BODIES: Final = """
POST   /v1/admin/body-rules  of-another-key 401   403 403   403 403   201 201 403   403 403   201
POST   /v1/admin/body-rules  of-the-team-again
                                            401   403 403   403 403   409 409 403   403 403   409
POST   /v1/admin/body-rules  of-no-team     401   403 403   403 403   404 404 403   403 403   404
GET    /v1/admin/body-rules                 401   403 403   403 403   200 200 403   403 403   200
DELETE /v1/admin/body-rules/{rule}          401   403 403   403 403   204 204 403   403 403   204
DELETE /v1/admin/body-rules/{no-rule}       401   403 403   403 403   404 404 403   403 403   404
GET    /v1/admin/usage/entries/{call}/body  401   403 403   403 403   200 200 403   403 403   200
GET    /v1/admin/usage/entries/{no-call}/body
                                            401   403 403   403 403   404 404 403   403 403   404
"""
SECTIONS: Final[Mapping[str, str]] = {
    "Operations and pages": _OPERATIONS,
    "Calls": _CALLS,
    "Users": _USERS,
    "Signing in": _SIGNING_IN,
    "Teams": _TEAMS,
    "Members": _MEMBERS,
    "Keys": _KEYS,
    "Budgets": _BUDGETS,
    "Limits": _LIMITS,
    "Prices": _PRICES,
    "Usage of others": _USAGE,
    "Stored bodies": _BODIES,
    "Models": _MODELS,
    "Routing": _ROUTING,
    "Audit log": _LOG,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question: a request, and what each column is answered."""

    method: str
    path: str
    sends: str | None
    statuses: Mapping[str, int | None]
    in_a_browser: int | None = None  # for those of any column; None: as with their keys

    @property
    def shape(self) -> str:
        """Its path without the query, and with `{}` for each object."""
        return _PLACE.sub("{}", self.path.partition("?")[0])


def rows(section: str) -> Iterator[Row]:
    """Yield the lines of a section."""
    for line in _lines(SECTIONS[section]):
        said, _, in_a_browser = line.partition("|")
        method, path, *rest = said.split()
        sends = rest.pop(0) if len(rest) > len(COLUMNS) else None
        statuses = (None if word == "-" else int(word) for word in rest)
        by_column = dict(zip(COLUMNS, statuses, strict=True))
        yield Row(method, path, sends, by_column, int(in_a_browser) if in_a_browser else None)


def _lines(text: str) -> Iterator[str]:
    """Yield lines; one that is indented goes on from the one before."""
    return iter(text.strip().replace("\n ", " ").splitlines())
