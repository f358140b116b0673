import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY


@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    ("public_url", "shown"), [(None, "/"), ("https://ai.example.com", "https://ai.example.com")]
)
def test_the_reference_names_the_address_that_callers_use(
    settings: Settings, gateway_config: GatewayConfig, public_url: str | None, shown: str
) -> None:
    app = create_app(settings.model_copy(update={"public_url": public_url}), gateway_config)
    with TestClient(app) as client:
        answer = client.get("/openapi.json", headers={"authorization": f"Bearer {ADMIN_KEY}"})

    assert answer.json()["servers"] == [{"url": shown}]
