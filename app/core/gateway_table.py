"""What all tables of `meterhouse.toml` have in common."""

from typing import Final

from pydantic import ConfigDict

# No field that is not known, no value of another type, no secret in an error.
STRICT: Final = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)
