"""Everything below /v1."""

from fastapi import APIRouter

from app.api.v1.routes import keys, usage
from app.api.v1.routes.openai import chat, models

router = APIRouter()
for part in (chat, models, usage, keys):
    router.include_router(part.router)
