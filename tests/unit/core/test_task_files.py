"""What a file is taken for."""

import pytest

from app.core.tasks.files import Kind, read_file


def test_bytes_that_show_nothing_are_what_is_said_of_them() -> None:
    assert read_file(Kind.AUDIO, b"\0\0", "audio/x.strange").media_type == "audio/x.strange"


@pytest.mark.parametrize("said", ['audio/"x', "audio/", "audio/é", "audio/x y", "audio/x/y"])
def test_what_is_no_name_of_a_type_goes_no_further(said: str) -> None:
    with pytest.raises(ValueError, match="no format that is known"):
        read_file(Kind.AUDIO, b"\0\0", said)
