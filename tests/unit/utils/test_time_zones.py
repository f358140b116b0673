"""Which time zones there are does not depend on the machine."""

from zoneinfo import ZoneInfo

import pytest

from app.utils.time_zones import known_time_zone


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])
def test_a_name_of_the_tz_database_is_one_that_python_reads(name: str) -> None:
    assert ZoneInfo(known_time_zone(name)).key == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "Europe", "europe/berlin", "CEST", "+02:00", "Factory", "localtime", "posixrules"),
        *("../UTC", "/etc/localtime", "Europe/Berlin\x00", "UTC ", "\ud800", "x" * 100),
    ],
)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be a name of the tz database, such as"):
        known_time_zone(name)


def test_what_is_close_to_a_name_is_told_it() -> None:
    with pytest.raises(ValueError, match=r"; did you mean Europe/Berlin\?$"):
        known_time_zone("europe/berlin")
