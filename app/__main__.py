"""`python -m app` and `meterhouse`."""

from app.cli.app import run
from app.main import create_app


def main() -> None:
    """Run the command line and end the process."""
    run(create_app)


if __name__ == "__main__":
    main()
