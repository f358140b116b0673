"""What the reference says of exports."""

from typing import Any, Final

from app.api.v1.schemas.entries import EntryOut

EXPORTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A file. CSV has a row of names first, and JSON in the cells of `tags`, "
        "`price`, `charged` and `tries`; a text that a spreadsheet would run as a formula begins "
        "with an apostrophe. JSONL has an entry a line.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"itemSchema": EntryOut.model_json_schema()},
        },
    }
}
