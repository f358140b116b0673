"""Text Embeddings Inference: a server for each model, whose URL ends with the model's name."""

from typing import Final, Literal

from fastapi import APIRouter, Response

from app.core.tasks.answers import Label, Rank
from app.simulator.desk import ERRORS, DeskDep
from app.simulator.errors import RefusedError, gate_error
from app.simulator.schemas.other_answers import TeiInfo
from app.simulator.tasks.models import task_of
from app.simulator.tasks.tei_forms import EmbedForm, PredictForm, RerankForm, SimilarityForm

router = APIRouter(prefix="/tei/{model_id:path}", tags=["tasks"], responses=ERRORS)

_KINDS: Final[dict[str, Literal["embedding", "reranker", "classifier"]]] = {
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    "text-ranking": "reranker",
    "text-classification": "classifier",
}


@router.post("/embed", response_model=list[list[float]])
async def embed_at_once(model_id: str, body: EmbedForm, desk: DeskDep) -> Response:
    """Turn texts into vectors."""
    return await desk.answer(body, model_id)


@router.post("/rerank", response_model=list[Rank])
async def rerank(model_id: str, body: RerankForm, desk: DeskDep) -> Response:
    """Order texts by how well they answer a question."""
    return await desk.answer(body, model_id)


@router.post("/predict", response_model=list[Label] | list[list[Label]])
async def predict(model_id: str, body: PredictForm, desk: DeskDep) -> Response:
    """Label texts, or pairs of them."""
    return await desk.answer(body, model_id)


@router.post("/similarity", response_model=list[float])
async def compare(model_id: str, body: SimilarityForm, desk: DeskDep) -> Response:
    """Say how alike a sentence and others are."""
    return await desk.answer(body, model_id)


@router.get("/info")
async def read_info(model_id: str) -> TeiInfo:
    """Say which model the server has, and what kind of model that is."""
    task = task_of(model_id)
    kind = None if task is None else _KINDS.get(task.name)
    if kind is None:
        raise RefusedError(gate_error(404, f"No such server can have the model {model_id}"))
    return TeiInfo(model_id=model_id, model_type={kind: {}}, max_client_batch_size=32)
