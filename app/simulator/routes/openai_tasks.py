"""Tasks in OpenAI's dialect: embeddings, completions, pictures, transcripts."""

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from app.simulator.dependencies import require_token
from app.simulator.desk import ERRORS, DeskDep
from app.simulator.errors import RefusedError, provider_error
from app.simulator.schemas.other_answers import (
    EmbeddingList,
    PictureList,
    TextCompletion,
    Transcript,
)
from app.simulator.tasks.multipart import fields_of
from app.simulator.tasks.openai_forms import (
    CompletionForm,
    EmbeddingForm,
    PictureForm,
    SpeechForm,
)

router = APIRouter(
    prefix="/v1", tags=["tasks"], dependencies=[Depends(require_token)], responses=ERRORS
)


@router.post("/embeddings", response_model=EmbeddingList)
async def embed(body: EmbeddingForm, desk: DeskDep) -> Response:
    """Turn texts into vectors."""
    return await desk.answer(body, body.model)


@router.post("/completions", response_model=TextCompletion)
async def complete(body: CompletionForm, desk: DeskDep) -> Response:
    """Continue a text."""
    return await desk.answer(body, body.model)


@router.post("/images/generations", response_model=PictureList)
async def draw(body: PictureForm, desk: DeskDep) -> Response:
    """Draw a grey picture of the size that is wanted."""
    return await desk.answer(body, body.model)


@router.post("/audio/transcriptions", response_model=Transcript)
async def transcribe(request: Request, desk: DeskDep) -> Response:
    """Say how long a sound is, for nobody listens to it."""
    fields = fields_of(await request.body(), request.headers.get("content-type", ""))
    texts = {name: data.decode(errors="replace") for name, data in fields.items() if name != "file"}
    try:
        form = SpeechForm.model_validate({**fields, **texts})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(map(str, problem["loc"]))
        refusal = provider_error(
            400, f"{field}: {problem['msg']}", kind="invalid_request_error", param=field
        )
        raise RefusedError(refusal) from None
    return await desk.answer(form, form.model)
