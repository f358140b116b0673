"""What hands out sign-in links, and where they lead."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import SecretStr

from app.api.dependencies.browsers import own_address
from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep
from app.services.sign_in_link_desk import SignInLinkDesk


class PageUrls:
    """Addresses of the gateway's pages, as people reach them."""

    def __init__(self, base: str) -> None:
        """Take what all of them begin with."""
        self._base = base

    def sign_in(self, token: SecretStr) -> SecretStr:
        """Return a sign-in link. What follows the `#` never reaches a log."""
        return SecretStr(f"{self._base}/#/sign-in/{token.get_secret_value()}")


async def get_page_urls(request: Request, container: ContainerDep) -> PageUrls:
    """Return where pages are: METERHOUSE_PUBLIC_URL, else where this was asked."""
    return PageUrls(container.settings.public_url or own_address(request.scope))


async def get_sign_in_link_desk(change: ChangeDep, container: ContainerDep) -> SignInLinkDesk:
    """Build what hands out sign-in links."""
    return SignInLinkDesk(change.people, change.trail, container.sign_in_links)


PageUrlsDep = Annotated[PageUrls, Depends(get_page_urls)]
SignInLinkDeskDep = Annotated[SignInLinkDesk, Depends(get_sign_in_link_desk, scope="function")]
