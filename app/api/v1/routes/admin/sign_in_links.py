"""Links that sign somebody in, once."""

from fastapi import APIRouter, status

from app.api.dependencies.permissions import PermittedRoute
from app.api.dependencies.sign_in_links import PageUrlsDep, SignInLinkDeskDep
from app.api.v1.schemas.sign_in_links import SignInLinkCreate, SignInLinkIssued

router = APIRouter(prefix="/v1/admin/sign-in-links", tags=["session"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def issue_sign_in_link(
    body: SignInLinkCreate, links: SignInLinkDeskDep, pages: PageUrlsDep
) -> SignInLinkIssued:
    """Make a link that signs a user in, once and within 15 minutes. Only admins may.

    It is in this process's memory alone: it ends with it.
    """
    link = await links.issue(body.user_id)
    return SignInLinkIssued.of(link, pages.sign_in(link.token))
