"""What `pip install .` would install."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def files(*patterns: str) -> set[str]:
    """Return the files of the application that match, without the built ones, as paths."""
    return {
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in (ROOT / "app").rglob(pattern)
        if path.is_file() and not {"__pycache__", "vendor"} & {*path.parts}
    }


def test_the_wheel_holds_all_of_the_application_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", str(tmp_path)], cwd=ROOT, capture_output=True, check=True
    )

    (wheel,) = tmp_path.iterdir()
    names = set(zipfile.ZipFile(wheel).namelist())
    metadata = {name for name in names if ".dist-info/" in name}

    assert names - metadata == files("*")
    assert names >= files("*.html", "*.css", "*.js", "migrations/**/*")
    assert "meterhouse = app.__main__:main" in entry_points(wheel)
    assert any(name.endswith("licenses/LICENSE") for name in metadata)


def entry_points(wheel: Path) -> str:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    return archive.read(name).decode()
