"""Whose requests and answers are stored."""

from fastapi import APIRouter, status

from app.api.dependencies.bodies import BodyRuleEditorDep, BodyRuleServiceDep
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.body_rules import BodyRuleCreate, BodyRuleList, BodyRuleOut

router = APIRouter(
    prefix="/v1/admin/body-rules", tags=["stored bodies"], route_class=PermittedRoute
)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_body_rule(body: BodyRuleCreate, rules: BodyRuleEditorDep) -> BodyRuleOut:
    """Have what a team or a key sends, and is answered, stored from now on. Only admins may."""
    return BodyRuleOut.of(await rules.create(body.to_wish()))


@router.get("")
async def list_body_rules(rules: BodyRuleServiceDep, cursor: CursorDep) -> BodyRuleList:
    """List rules, newest first. Only admins may. Without a rule nothing is stored."""
    return BodyRuleList.of(await rules.list_page(cursor))


@router.delete("/{rule_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_body_rule(rule_id: str, rules: BodyRuleEditorDep) -> None:
    """Delete a rule. What it has stored stays until it expires."""
    await rules.delete(rule_id)
