"""Everything below /v1."""

from fastapi import APIRouter

from app.api.v1.routes import keys, me, members, teams, usage, users
from app.api.v1.routes.admin import audit_log
from app.api.v1.routes.openai import chat, models

router = APIRouter()
for part in (chat, models, usage, me, keys, users, teams, members, audit_log):
    router.include_router(part.router)
