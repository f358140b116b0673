"""What a task is answered, whole or streamed."""

from fastapi import Request, Response

from app.api.dependencies.inference import Answering
from app.api.errors import error_event, hf_error_event, is_hf_style
from app.api.responses.connection import WhileConnected
from app.api.responses.event_stream import EventStream
from app.api.v1.translate.chat import answer_headers
from app.api.v1.translate.tasks import to_answer
from app.services.call import Call


async def answered(call: Call, request: Request, answering: Answering) -> Response:
    """Return what a task is answered."""
    if call.stream:
        return EventStream(
            answering.inference.stream(call),
            lambda: answer_headers(call.trace),
            patience=answering.patience,
            last_words=hf_error_event if is_hf_style(request.scope) else error_event,
        )
    async with WhileConnected(request.receive):
        answer = await answering.inference.answer(call)
    return to_answer(call, answer, request)
