"""Whether what lies in a data folder is made up from beginning to end."""

from pathlib import Path
from typing import Final

DEMO_MARKER: Final = "demo-data"  # a file of the folder; `make demo` makes it


def is_demo(data_dir: Path) -> bool:
    """Say whether a data folder was made for showing, and holds nothing that happened."""
    return (data_dir / DEMO_MARKER).exists()
