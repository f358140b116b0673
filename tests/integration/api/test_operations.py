"""Alive, ready, measured."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import __version__
from app.api.errors import ErrorBody
from app.core.config import Settings
from app.core.demo_data import DEMO_MARKER
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.main import create_app


class TestHealth:
    def test_needs_no_key_and_no_lifespan(self, app: FastAPI) -> None:
        answer = TestClient(app).get("/health")

        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

    def test_answers_head_and_is_never_cached(self, client: TestClient) -> None:
        answer = client.head("/health")

        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"


class TestReady:
    def test_is_unavailable_until_the_gateway_has_started(self, app: FastAPI) -> None:
        answer = TestClient(app).get("/ready")

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert ErrorBody.model_validate_json(answer.content).error.code == "not_ready"

    def test_names_the_upstreams_and_says_which_are_simulated(self, client: TestClient) -> None:
        answer = client.get("/ready", headers={"authorization": ""})

        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ready",
            "version": __version__,
            "simulated": True,
            "demo": False,
            "upstreams": [{"name": "simulator", "kind": "openai", "simulated": True}],
        }

    @pytest.mark.usefixtures("data_dir")
    def test_a_real_upstream_is_not_called_simulated(self, settings: Settings) -> None:
        (settings.data_dir / DEMO_MARKER).touch()
        upstreams = {"local": UpstreamConfig(kind="openai", base_url="http://127.0.0.1:9/v1")}
        gateway = GatewayConfig(default_model=None, upstreams=upstreams, models={})

        with TestClient(create_app(settings, gateway)) as client:
            ready = client.get("/ready").json()

        assert ready["simulated"] is False
        assert ready["demo"] is False  # what it costs is real, whatever the data are
        assert ready["upstreams"] == [{"name": "local", "kind": "openai", "simulated": False}]
        assert "127.0.0.1" not in str(ready)


class TestMetrics:
    def test_counts_calls_and_requests_by_closed_sets_of_labels(self, client: TestClient) -> None:
        call = {"model": "any/model", "messages": [{"role": "user", "content": "Hi"}]}
        assert client.post("/v1/chat/completions", json=call).status_code == 200
        client.post("/v1/chat/completions", json={})
        for made_up in range(20):
            client.get(f"/v1/nothing/{made_up}")
            client.get(f"/v1/models/org/{made_up}")

        answer = client.get("/metrics")

        assert answer.headers["content-type"].startswith("text/plain; version=")
        requests = {
            (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.name == "meterhouse_http_requests_total"
        }
        assert requests == {
            ("POST", "/v1/chat/completions", "2xx"): 1,
            ("POST", "/v1/chat/completions", "4xx"): 1,
            ("GET", "unmatched", "4xx"): 20,
            ("GET", "/v1/models/{model_id}", "4xx"): 20,
        }
        assert 'meterhouse_calls_total{status="ok",task="chat-completion"' in answer.text
        assert "any/model" not in answer.text
