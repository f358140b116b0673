"""A secret is seen once: it is in no file, no log and no error."""

import logging

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.core.config import Settings
from app.core.security import new_secret
from app.services.container import Container
from tests.conftest import ADMIN_KEY
from tests.integration.keys.conftest import Issue
from tests.support.keys import bearer


def test_a_secret_is_in_no_file_of_the_data_folder(
    client: TestClient, issue: Issue, settings: Settings
) -> None:
    secrets = [str(issue()["secret"]) for _ in range(3)]
    for secret in secrets:
        client.get("/v1/usage", headers={"authorization": bearer(secret)})

    written = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())

    assert secrets[0][:8].encode() in written  # the prefix is: we did look in the right place
    for secret in [*secrets, ADMIN_KEY]:
        assert secret.encode() not in written
        assert secret[8:-4].encode() not in written


def test_a_secret_is_in_no_log_and_no_error(
    client: TestClient, issue: Issue, admin: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    foreign = "hf_" + "AbCdEfGh" * 5
    unknown = new_secret()
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        issued = issue()
        secret = str(issued["secret"])
        answers = [
            client.get("/v1/usage", headers={"authorization": header})
            for header in (bearer(secret), secret, bearer(foreign), foreign, bearer(unknown))
        ]
        client.delete(f"/v1/keys/{issued['id']}", headers=admin)
        answers.append(client.get("/v1/usage", headers={"authorization": bearer(secret)}))

    said = repr(logs) + caplog.text + "".join(f"{a.text}{a.headers}" for a in answers)
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401, 401, 401]
    for one in (secret, foreign, unknown, ADMIN_KEY):
        assert one not in said


def test_no_secret_shows_when_the_container_is_printed(
    container: Container, settings: Settings
) -> None:
    shown = repr(container)

    assert ADMIN_KEY not in shown
    assert (settings.data_dir / "secret.key").read_text("ascii").strip() not in shown
