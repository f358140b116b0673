"""A headless Chromium, driven over its DevTools protocol."""

import asyncio
import itertools
import json
import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS: Final = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run")
# The page reports what its policy blocked, where the DevTools log may leave it out.
_REPORTER: Final = (
    "addEventListener('securitypolicyviolation', event =>"
    " console.error('blocked', event.violatedDirective, event.blockedURI))"
)


def find_chromium() -> str | None:
    """Return the program, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab. It remembers what was asked for and what went wrong."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def open(self, url: str, *, width: int = 1200, dark: bool = False) -> None:
        """Show a page in a window of some width."""
        for domain in ("Log", "Runtime", "Page", "Network"):
            await self.command(f"{domain}.enable")
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self.command("Emulation.setEmulatedMedia", features=scheme)
        size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        await self.command("Emulation.setDeviceMetricsOverride", **size)
        await self.command("Page.addScriptToEvaluateOnNewDocument", source=_REPORTER)
        self._loaded.clear()
        await self.command("Page.navigate", url=url)
        await self._loaded.wait()

    async def evaluate(self, script: str) -> Any:
        """Return what an expression yields; a promise is waited for."""
        options = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = await self.command("Runtime.evaluate", **options)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def wait_for(self, condition: str) -> None:
        """Wait until an expression is true, looking whenever the page draws."""
        await self.evaluate(
            f"new Promise(done => {{ const look = () => ({condition}) ? done(true)"
            " : requestAnimationFrame(look); look(); })"
        )

    async def command(self, method: str, **options: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": options})
        return await answer

    async def listen(self) -> None:
        """Take in what the browser says, for as long as it speaks."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._waiting.pop(said["id"]).set_result(said.get("result", {}))
            else:
                self._note(said["method"], said["params"])

    def _note(self, event: str, details: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif event == "Page.loadEventFired":
            self._loaded.set()
        elif event == "Log.entryAdded" and details["entry"]["level"] in {"warning", "error"}:
            self.complaints.append(details["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(details["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and details["type"] in {"warning", "error"}:
            self.complaints.append(str([argument.get("value") for argument in details["args"]]))


@asynccontextmanager
async def new_page(program: str, folder: Path) -> AsyncGenerator[Page]:
    """Start a browser with an empty profile in a folder, and yield its one page."""
    process = await asyncio.create_subprocess_exec(
        program,
        *_FLAGS,
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(process.wait)
        stack.callback(process.terminate)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        answer = await session.get(f"http://127.0.0.1:{await _debugging_port(process)}/json")
        tabs = await answer.json()
        address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        socket = await stack.enter_async_context(session.ws_connect(address, max_msg_size=0))
        page = Page(socket)
        listening = await stack.enter_async_context(asyncio.TaskGroup())
        listener = listening.create_task(page.listen())
        stack.callback(listener.cancel)
        yield page


async def _debugging_port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr
    async for line in process.stderr:
        if found := re.search(rb"ws://127\.0\.0\.1:(\d+)/", line):
            return int(found[1])
    raise RuntimeError("Chromium did not start.")
