"""Which changes of the audit log are wanted."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from app.services.audit_log import AuditQuery
from app.services.audit_trail import Action


async def get_audit_query(
    *,
    actor: Annotated[str | None, Query(description="By this user, or key without a user.")] = None,
    action: Annotated[Action | None, Query(description="Of this kind, like `user.create`.")] = None,
    object_id: Annotated[
        str | None, Query(alias="object", description="About the thing with this id.")
    ] = None,
    since: Annotated[
        AwareDatetime | None, Query(description="From this moment on, like 2026-11-23T00:00Z.")
    ] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment.")] = None,
) -> AuditQuery:
    """Read from the query which changes are wanted."""
    return AuditQuery(actor_id=actor, action=action, object_id=object_id, since=since, until=until)


AuditQueryDep = Annotated[AuditQuery, Depends(get_audit_query)]
