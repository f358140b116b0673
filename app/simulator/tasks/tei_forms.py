"""Tasks as Text Embeddings Inference takes them: a server of one model."""

from typing import Annotated, Any, ClassVar

from pydantic import Field

from app.simulator.tasks.asked import Asked
from app.simulator.tasks.form import Form

Texts = Annotated[list[str], Field(min_length=1)]
Pair = Annotated[list[str], Field(min_length=1, max_length=2)]


class EmbedForm(Form):
    """`POST /embed`."""

    task: ClassVar[str] = "feature-extraction"

    inputs_: Annotated[str | Texts, Field(alias="inputs")]
    normalize: bool = True
    dimensions: Annotated[int | None, Field(ge=1)] = None

    def inputs(self) -> Any:
        """Return the texts."""
        return self.inputs_

    def told(self) -> dict[str, Any]:
        """Return how long vectors are to be."""
        return {"dimensions": self.dimensions}


class RerankForm(Form):
    """`POST /rerank`."""

    task: ClassVar[str] = "text-ranking"

    query: str
    texts: Texts
    return_text: bool = False

    def inputs(self) -> Any:
        """Return what is looked for, and the texts."""
        return {"query": self.query, "texts": self.texts}

    def put(self, asked: Asked, answer: Any) -> object:
        """Return the ranks, with their texts where those are wanted."""
        del asked
        ranks: list[dict[str, Any]] = answer
        for rank in ranks if self.return_text else ():
            rank["text"] = self.texts[rank["index"]]
        return ranks


class PredictForm(Form):
    """`POST /predict`: a text, a pair of texts, or a list of such lists."""

    task: ClassVar[str] = "text-classification"

    inputs_: Annotated[
        str | Pair | Annotated[list[Pair], Field(min_length=1)], Field(alias="inputs")
    ]

    def inputs(self) -> Any:
        """Return the texts, those of a pair as one."""
        sent: Any = self.inputs_
        listed: list[Any] = sent if self._is_batch else [sent]
        return [one if isinstance(one, str) else " ".join(one) for one in listed]

    def put(self, asked: Asked, answer: Any) -> object:
        """Return the labels of each text, or those of the only one."""
        del asked
        return answer if self._is_batch else answer[0]

    @property
    def _is_batch(self) -> bool:
        return isinstance(self.inputs_, list) and isinstance(self.inputs_[0], list)


class SimilarityForm(Form):
    """`POST /similarity`."""

    task: ClassVar[str] = "sentence-similarity"

    inputs_: Annotated[dict[str, Any], Field(alias="inputs")]

    def inputs(self) -> Any:
        """Return the sentences."""
        return self.inputs_
