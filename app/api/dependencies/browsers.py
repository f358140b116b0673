"""What browsers send by themselves: cookies, and from which page a request comes."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.types import Scope

from app.api.dependencies.locality import is_local, names_this_machine
from app.core.errors import CrossSiteError

SECURE_COOKIE: Final = "__Host-meterhouse"

_NAMES: Final = {
    b"authorization": "authorization",
    b"cookie": "cookie",
    b"host": "host",
    b"origin": "origin",
    b"sec-fetch-site": "fetch_site",
    b"x-meterhouse-csrf": "csrf",
    b"x-meterhouse-team": "team",
}
_FOREIGN_SITE: Final = (
    "This was sent by a page of another site, or by none. Open the gateway's own address in the "
    "browser and try again from there."
)
_FOREIGN_ORIGIN: Final = (
    "The page that sent this is at {origin}, and the gateway is reached at {own}. If both are the "
    "same, set METERHOUSE_PUBLIC_URL={origin}"
)


class Sent(NamedTuple):
    """The headers that say who calls, and from where. None: it was not sent."""

    authorization: str | None = None
    cookie: str | None = None
    host: str | None = None
    origin: str | None = None
    fetch_site: str | None = None
    csrf: str | None = None
    team: str | None = None


def read_sent(scope: Scope) -> Sent:
    """Read the headers of a request. Of two with the same name the first counts."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        field = _NAMES.get(name)
        if field is not None:
            found.setdefault(field, str(value, "latin-1"))
    return Sent(**found)


def own_address(scope: Scope) -> str:
    """Return the address at which a request reached the gateway, as far as it is told."""
    return f"{scope['scheme']}://{read_sent(scope).host or 'localhost'}"


def is_https(scope: Scope, public_url: str | None) -> bool:
    """Say whether a request was made over https, as far as the gateway is told."""
    if scope["scheme"] == "https":
        return True
    return (public_url or "").startswith("https:") and not is_local(scope)


def cookie_name(scope: Scope, sent: Sent, public_url: str | None) -> str:
    """Return the name of the session's cookie where one is set.

    Over https no other site and no other port can set a cookie of this name. Without https it
    names the port: browsers send the cookies of one gateway on a machine to another one too.
    """
    return SECURE_COOKIE if _is_page_secure(scope, sent, public_url) else _plain_cookie(sent)


def session_cookie(scope: Scope, sent: Sent, public_url: str | None) -> str | None:
    """Return the session's cookie. Over https only the one counts that was set over https."""
    cookies = _cookies(sent.cookie)
    secure = cookies.get(SECURE_COOKIE)
    if secure is not None or is_https(scope, public_url):
        return secure
    return cookies.get(_plain_cookie(sent))


def is_encrypted(scope: Scope, sent: Sent, public_url: str | None) -> bool:
    """Say whether nobody on the way can read what is sent: over https, or on one machine."""
    if _is_page_secure(scope, sent, public_url) or names_this_machine(scope):
        return True
    return SECURE_COOKIE in _cookies(sent.cookie)  # browsers send it over https alone


def require_own_page(scope: Scope, sent: Sent, public_url: str | None) -> None:
    """Return if nothing says that a page of another site, or none, sent a request.

    Raises:
        CrossSiteError: the browser says so.
    """
    if sent.fetch_site not in {None, "same-origin"}:
        raise CrossSiteError(_FOREIGN_SITE)
    if sent.origin is None:
        return
    own = _own_origins(scope, sent, public_url)
    if sent.origin not in own:
        raise CrossSiteError(_FOREIGN_ORIGIN.format(origin=sent.origin[:200], own=own[0]))


def _own_origins(scope: Scope, sent: Sent, public_url: str | None) -> tuple[str, ...]:
    """Return where the gateway's pages may be.

    A proxy may have taken the encryption away. Who owns a name with https owns it without.
    """
    host = (sent.host or "").lower()
    own = (f"{scope['scheme']}://{host}", f"https://{host}")
    if public_url is None:
        return own
    parts = urlsplit(public_url)
    return (f"{parts.scheme}://{parts.netloc}".lower(), *own)


def _is_page_secure(scope: Scope, sent: Sent, public_url: str | None) -> bool:
    return is_https(scope, public_url) or (sent.origin or "").startswith("https:")


def _plain_cookie(sent: Sent) -> str:
    port = (sent.host or "").rpartition(":")[2]
    return f"meterhouse-{port if port.isdecimal() else '80'}"


def _cookies(header: str | None) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in (header or "").split(";"):
        # No other white space: what it stands before is another name, which anybody may set.
        name, _, value = part.strip(" \t").partition("=")
        found.setdefault(name, value)
    return found
