"""`python -m app` and `meterhouse`: loads what the command line needs, and runs it."""

import gc
from importlib import import_module

from app.utils.absent import absent


def main() -> None:
    """Run the command line and end the process.

    Nearly all of a start is loading: docs/performance.md says what each step below saves.
    """
    gc.disable()  # what is loaded stays, and each collection would look at all of it again
    with absent("rich"):  # structlog loads it to draw tracebacks, which we never let it do
        import_module("structlog")
    with absent("pydantic.v1"):  # FastAPI loads it to refuse its models, of which there are none
        from app.cli.app import run  # noqa: PLC0415
        from app.main import create_app  # noqa: PLC0415
    gc.freeze()
    gc.enable()
    run(create_app)


if __name__ == "__main__":
    main()
