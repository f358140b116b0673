"""Everything below /v1, and what stands where Hugging Face's clients look for it."""

from app.api.v1.routes import (
    budgets,
    keys,
    limits,
    me,
    members,
    session,
    tasks,
    teams,
    usage,
    users,
)
from app.api.v1.routes.admin import (
    audit_log,
    bodies,
    body_rules,
    models as admin_models,
    prices,
    routing,
    sign_in_links,
    upstreams,
    usage as admin_usage,
)
from app.api.v1.routes.hf import completions, hub, model_facts, models as hf_models, nowhere
from app.api.v1.routes.openai import chat, models

# The dearest to be found late comes first: routes are tried in this order.
_PARTS = (
    *(chat, models, usage, me, session, keys, users, teams, members, budgets, limits, prices),
    *(tasks, completions, model_facts, hf_models, hub, nowhere),
    *(admin_usage, bodies, body_rules, audit_log, routing, upstreams, sign_in_links, admin_models),
)

routers = tuple(part.router for part in _PARTS)
