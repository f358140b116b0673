"""A file that is made while it is sent."""

from starlette.responses import StreamingResponse

from app.services.ledger.export import Export


class Download(StreamingResponse):
    """Sends an export piece by piece. If it cannot be finished, the connection breaks."""

    def __init__(self, export: Export) -> None:
        """Take what is sent."""
        super().__init__(
            export.pieces,
            media_type=export.media_type,
            headers={
                "content-disposition": f'attachment; filename="{export.file_name}"',
                "cache-control": "no-store",
            },
        )
