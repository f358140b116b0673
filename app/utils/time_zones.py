"""Names of time zones, whatever the machine itself knows of them."""

from importlib.resources import files

from app.utils.nearest import nearest


def known_time_zone(name: str) -> str:
    """Return a name of the tz database as it is written there.

    Raises:
        ValueError: there is none of this name.
    """
    names = set(files("tzdata").joinpath("zones").read_text("ascii").split()) - {"Factory"}
    if name in names:
        return name
    meant = nearest(name, names)
    hint = f"; did you mean {meant}?" if meant else ""
    raise ValueError(f"must be a name of the tz database, such as Europe/Berlin{hint}")
