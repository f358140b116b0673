"""Sends what `huggingface_hub`'s clients ask, whatever they name, through a gateway.

```python
route_huggingface_hub("http://127.0.0.1:8000", "mh_...")
InferenceClient().summarization("A long text", model="facebook/bart-large-cnn")
```
"""

import os

from httpx2 import URL, AsyncClient, Client, Request, Response
from huggingface_hub import set_async_client_factory, set_client_factory

_ROUTES = ("/hf-inference/", "/v1/", "/api/models/", "/api/tasks", "/models/")


def route_huggingface_hub(url: str, key: str) -> None:
    """Send every call of a model to a gateway, with its key, and nothing to another host."""
    gateway = url.rstrip("/")
    os.environ.setdefault("HF_TOKEN", "hf_any")  # the client does not chat without; it is not sent

    def route(request: Request) -> None:
        if not str(request.url).startswith(f"{gateway}/"):
            path = request.url.raw_path.decode()
            if not path.startswith(_ROUTES):
                raise PermissionError(f"{request.url} is no model's, and would leave the gateway.")
            path = f"/hf-inference{path}" if path.startswith("/models/") else path
            request.url = URL(gateway + path)
        request.headers["host"] = request.url.netloc.decode()
        request.headers["authorization"] = f"Bearer {key}"

    async def route_async(request: Request) -> None:
        route(request)

    async def read_error(response: Response) -> None:
        if response.is_error:
            await response.aread()

    hooks = {"request": [route_async], "response": [read_error]}
    set_client_factory(lambda: Client(event_hooks={"request": [route]}, timeout=None))
    set_async_client_factory(lambda: AsyncClient(event_hooks=hooks, timeout=None))
