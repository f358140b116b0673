"""Services about stored bodies, as routes ask for them."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import AdminDep
from app.services.bodies import BodyReader
from app.services.body_rules import BodyRuleEditor, BodyRuleService


async def get_body_rule_service(people: PeopleDep, admin: AdminDep) -> BodyRuleService:
    """Build what shows rules."""
    del admin
    return BodyRuleService(people.body_rules)


async def get_body_rule_editor(change: ChangeDep, container: ContainerDep) -> BodyRuleEditor:
    """Build what creates and deletes rules."""
    return BodyRuleEditor(change.people, change.trail, container.clock)


async def get_body_reader(change: ChangeDep, container: ContainerDep) -> BodyReader:
    """Build what shows stored bodies. To look at one is to write down that somebody did."""
    return BodyReader(change.people, change.trail, container.clock, container.ledger)


BodyRuleServiceDep = Annotated[BodyRuleService, Depends(get_body_rule_service)]
BodyRuleEditorDep = Annotated[BodyRuleEditor, Depends(get_body_rule_editor, scope="function")]
BodyReaderDep = Annotated[BodyReader, Depends(get_body_reader, scope="function")]
