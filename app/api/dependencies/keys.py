"""Services about keys, as routes ask for them."""

from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import ManagerDep
from app.services.key_editor import KeyEditor
from app.services.keys import KeyService


async def get_key_service(people: PeopleDep, manager: ManagerDep) -> KeyService:
    """Build what shows keys to the caller."""
    return KeyService(people.keys, manager)


async def get_key_editor(change: ChangeDep, container: ContainerDep) -> KeyEditor:
    """Build what issues, rotates and revokes keys."""
    pepper = container.authenticator.pepper
    return KeyEditor(change.people, change.trail, container.clock, pepper)


KeyServiceDep = Annotated[KeyService, Depends(get_key_service)]
KeyEditorDep = Annotated[KeyEditor, Depends(get_key_editor, scope="function")]
