"""What Hugging Face's Hub tells everybody about models: `GET /api/models/{model}`."""

from typing import Final

import httpx2
from pydantic_core import from_json

from app.core.errors import UpstreamCredentialsError, UpstreamProtocolError, UpstreamRejectedError
from app.core.gateway_models import TimeoutConfig
from app.core.tasks.model_ids import is_model_id
from app.services.providers.upstream_http import UpstreamHttp
from app.utils.json_values import object_in

_ROUTER_HOST: Final = "router.huggingface.co"
_HUB_URL: Final = "https://huggingface.co"
_ASKING: Final = TimeoutConfig(total_seconds=5.0)


def hub_of(router_url: str) -> str:
    """Return where the Hub of a router is: whoever stands in for the one does for the other."""
    return _HUB_URL if httpx2.URL(router_url).host == _ROUTER_HOST else router_url


class Hub:
    """The Hub, asked without any credential: it tells strangers all that is wanted here."""

    def __init__(self, http: UpstreamHttp) -> None:
        """Speak over `http`, which must have no credential."""
        self._http = http

    async def task_of(self, model: str) -> str | None:
        """Return a model's task, or None where the Hub knows none or shows no such model.

        Raises:
            UpstreamError: the Hub cannot be asked now.
        """
        if not is_model_id(model):
            return None
        path = f"/api/models/{model.partition(':')[0]}"
        try:
            body, _ = await self._http.request_whole("GET", path, timeouts=_ASKING, headers={})
        except (UpstreamRejectedError, UpstreamCredentialsError):  # to strangers, the Hub says 401
            return None
        try:
            task = object_in(from_json(body)).get("pipeline_tag")
        except ValueError:
            raise UpstreamProtocolError("The Hub answered something that is no JSON.") from None
        return task if isinstance(task, str) else None
