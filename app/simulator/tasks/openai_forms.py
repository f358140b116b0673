"""Tasks for which OpenAI's dialect has routes of its own."""

import base64
import struct
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from app.simulator.catalogue import CREATED
from app.simulator.counting import count_tokens
from app.simulator.schemas.answers import Usage
from app.simulator.schemas.other_answers import (
    Embedding,
    EmbeddingList,
    EmbeddingUsage,
    Picture,
    PictureList,
    Segment,
    TextChoice,
    TextCompletion,
    Transcript,
)
from app.simulator.tasks.asked import Asked
from app.simulator.tasks.form import Form

Some = str | Annotated[list[str], Field(min_length=1)]


class EmbeddingForm(Form):
    """`POST /v1/embeddings`."""

    task: ClassVar[str] = "feature-extraction"

    model: str
    input: Some
    dimensions: Annotated[int | None, Field(ge=1)] = None
    encoding_format: Literal["float", "base64"] = "float"

    def inputs(self) -> Any:
        """Return the texts."""
        return self.input

    def told(self) -> dict[str, Any]:
        """Return how long vectors are to be."""
        return {"dimensions": self.dimensions}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return each vector in an object of its own."""
        tokens = sum(map(count_tokens, asked.texts))
        data = [
            Embedding(object="embedding", index=index, embedding=self._encoded(vector))
            for index, vector in enumerate(answer)
        ]
        usage = EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens)
        return EmbeddingList(object="list", data=data, model=self.model, usage=usage)

    def _encoded(self, vector: list[float]) -> list[float] | str:
        if self.encoding_format == "float":
            return vector
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


class CompletionForm(Form):
    """`POST /v1/completions`, answered whole."""

    task: ClassVar[str] = "text-generation"

    model: str
    prompt: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    stream: Literal[False] | None = None

    def inputs(self) -> Any:
        """Return what is continued."""
        return self.prompt

    def told(self) -> dict[str, Any]:
        """Return how long the text is to be at most."""
        return {"max_new_tokens": self.max_tokens, "details": True}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return the text as the only choice."""
        text, details = answer[0]["generated_text"], answer[0]["details"]
        read, written = count_tokens(asked.texts[0]), details["generated_tokens"]
        reason = "length" if details["finish_reason"] == "length" else "stop"
        return TextCompletion(
            id="cmpl-sim",
            object="text_completion",
            created=CREATED,
            model=self.model,
            choices=[TextChoice(index=0, text=text, finish_reason=reason, logprobs=None)],
            usage=Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written),
        )


class PictureForm(Form):
    """`POST /v1/images/generations`."""

    task: ClassVar[str] = "text-to-image"

    model: str
    prompt: Annotated[str, Field(min_length=1)]
    n: Annotated[int, Field(ge=1, le=10)] = 1
    size: Annotated[str, Field(pattern=r"^(auto|[1-9]\d{0,3}x[1-9]\d{0,3})$")] = "auto"
    response_format: Literal["b64_json"] | None = None

    def inputs(self) -> Any:
        """Return what is drawn."""
        return self.prompt

    def told(self) -> dict[str, Any]:
        """Return how large the picture is to be."""
        if self.size == "auto":
            return {}
        width, _, height = self.size.partition("x")
        return {"width": int(width), "height": int(height)}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return pictures in base64."""
        del asked
        picture = Picture(b64_json=base64.b64encode(answer).decode())
        return PictureList(created=CREATED, data=[picture] * self.n)


class SpeechForm(Form):
    """`POST /v1/audio/transcriptions`."""

    task: ClassVar[str] = "automatic-speech-recognition"

    model: str
    file: bytes
    response_format: Literal["json", "verbose_json"] = "json"

    def inputs(self) -> Any:
        """Return the sound."""
        return base64.b64encode(self.file).decode()

    def told(self) -> dict[str, Any]:
        """Return that moments are wanted, too."""
        return {"return_timestamps": True}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return what was said, with or without when."""
        del asked
        if self.response_format == "json":
            return Transcript(text=answer["text"])
        segments = [
            Segment(
                id=place, start=said["timestamp"][0], end=said["timestamp"][1], text=said["text"]
            )
            for place, said in enumerate(answer["chunks"])
        ]
        return Transcript(
            text=answer["text"],
            task="transcribe",
            language="english",
            duration=segments[-1].end,
            segments=segments,
        )
