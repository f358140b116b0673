"""The forms of answers in JSON. What is not named here may be there, too."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class Label(_Open):
    """A label and how sure the model is of it."""

    label: str
    score: float


class Filled(_Open):
    """A text with its gap filled."""

    sequence: str
    score: float
    token: int
    token_str: str


class Entity(_Open):
    """A piece of a text and what it names."""

    entity_group: str | None = None
    entity: str | None = None
    score: float
    word: str
    start: int | None = None
    end: int | None = None


class Found(_Open):
    """An answer that was found in a text or on a page."""

    answer: str
    score: float | None = None
    start: int | None = None
    end: int | None = None


class Seen(_Open):
    """An answer about a picture."""

    answer: str
    score: float


class Cells(_Open):
    """An answer out of a table."""

    answer: str
    coordinates: list[list[int]]
    cells: list[str]
    aggregator: str | None = None


class Summary(_Open):
    """A shorter text."""

    summary_text: str


class Translation(_Open):
    """The text in another language."""

    translation_text: str


class Generated(_Open):
    """A text that was written."""

    generated_text: str
    details: dict[str, Any] | None = None


class Piece(_Open):
    """What was said between two moments, in seconds."""

    text: str
    timestamp: list[float | None]


class Transcript(_Open):
    """What was said."""

    text: str
    chunks: list[Piece] | None = None


class Sound(_Open):
    """A sound in base64."""

    label: str
    blob: str
    content_type: Annotated[str, Field(alias="content-type")]


class Segment(_Open):
    """A part of a picture, as a PNG in base64 that is white where it is."""

    label: str
    mask: str
    score: float | None = None


class Masks(_Open):
    """The parts of a picture, as PNGs in base64 or as rows of what is in them and what is not."""

    masks: list[str] | list[list[Any]]
    scores: list[float] | None = None


class Box(_Open):
    """Where something is, in pixels."""

    xmin: int
    ymin: int
    xmax: int
    ymax: int


class Detected(_Open):
    """Something in a picture."""

    label: str
    score: float
    box: Box


class Depth(_Open):
    """How far everything is, as numbers and as a picture in base64."""

    predicted_depth: Any
    depth: str


class Rank(_Open):
    """How well a text fits."""

    index: int
    score: float


Vector = list[float]
# One for each text, or for each token of it, and that once or for each text.
Vectors = list[Vector] | list[list[Vector]] | list[list[list[Vector]]] | Vector
Cell = str | int | float | bool | None
