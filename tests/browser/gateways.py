"""A real gateway in a process of its own, and people on it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
from playwright.async_api import Page

from tests.support.commands import Command

_ADMIN_KEY: Final = "an-admin-key-that-only-tests-know"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where a gateway is, and how to ask it as the one who may do everything."""

    url: str
    opening_link: str
    headers: dict[str, str] = field(
        default_factory=lambda: {"Authorization": f"Bearer {_ADMIN_KEY}"}
    )

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask, and return the JSON of the answer."""
        async with httpx2.AsyncClient(base_url=self.url, headers=self.headers) as client:
            answer = await client.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def user(self, name: str, role: str = "member") -> str:
        """Create a user and return their id."""
        body = {"email": f"{name}@example.com", "name": name.title(), "role": role}
        return str((await self.ask("POST", "/v1/users", body))["id"])

    async def team(self, name: str, **roles: str) -> str:
        """Create a team of users, given as `<user id>="lead"`, and return its id."""
        team_id = str((await self.ask("POST", "/v1/teams", {"name": name}))["id"])
        for user_id, role in roles.items():
            member = {"user_id": user_id, "role": role}
            await self.ask("POST", f"/v1/teams/{team_id}/members", member)
        return team_id

    async def chat(self, words: str = "Hello!", model: str = "openai/gpt-oss-120b") -> None:
        """Make a call as the admin's key."""
        message = {"role": "user", "content": words}
        await self.ask("POST", "/v1/chat/completions", {"model": model, "messages": [message]})

    async def link(self, user_id: str) -> str:
        """Return a link that signs a user in, once."""
        issued = await self.ask("POST", "/v1/admin/sign-in-links", {"user_id": user_id})
        return str(issued["url"])

    async def sign_in(self, page: Page, user_id: str) -> None:
        """Sign a user in on a page by a link, and wait until they are in."""
        await page.goto(await self.link(user_id))
        await page.get_by_role("banner").get_by_role("link", name="Meterhouse").wait_for()


@contextmanager
def running_gateway(folder: Path) -> Generator[Gateway]:
    """Serve a gateway of a folder, answered by the simulator, on a free port."""
    with serving_gateway(folder, "--simulate") as gateway:
        yield gateway


@contextmanager
def serving_gateway(folder: Path, *options: str, **variables: str) -> Generator[Gateway]:
    """Serve a gateway of a folder, with what is in it, on a free port."""
    (folder / "home").mkdir()
    command = Command(folder)
    command.variables |= {"METERHOUSE_ADMIN_KEY": _ADMIN_KEY, **variables}
    with command.running("serve", *options, "--port", "0") as serving:
        first, link = (serving.wait_for(label) for label in ("Meterhouse ", "Open "))
        yield Gateway(url=_address_in(first), opening_link=_address_in(link))


def _address_in(line: str) -> str:
    return next(word for word in line.split() if word.startswith("http://"))


async def populate(gateway: Gateway) -> dict[str, str]:
    """Make people, a team, budgets and some calls; return the ids by name."""
    ids = {name: await gateway.user(name) for name in ("mo", "lea")}
    ids["ana"] = await gateway.user("ana", "admin")
    ids["research"] = await gateway.team("Research", **{ids["mo"]: "member", ids["lea"]: "lead"})
    for scope in ({"scope": "instance"}, {"scope": "team", "scope_id": ids["research"]}):
        terms = {"cap_usd": 50, "period": "month", "unknown_price": {"hold_usd": 0.05}}
        await gateway.ask("POST", "/v1/budgets", scope | terms)
    for words in ("Good morning", "What is a ledger?", "Thank you"):
        await gateway.chat(words)
    return ids
