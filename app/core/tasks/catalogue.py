"""All tasks, by name."""

from collections.abc import Mapping
from typing import Any, Final

from app.core.tasks.pictures import PICTURES
from app.core.tasks.sounds import SOUNDS, VIDEOS
from app.core.tasks.tables import TABLES
from app.core.tasks.task import Task
from app.core.tasks.texts import TEXTS
from app.core.tasks.units import Unit

CHAT: Final = "chat-completion"
IMAGE_CHAT: Final = "image-text-to-text"

_CHATS: Final = (
    Task(
        name=CHAT,
        summary="Answers in a conversation.",
        example="openai/gpt-oss-20b",
        answer=Any,
        reads=Unit.TOKEN,
        writes=Unit.TOKEN,
        python="chat_completion",
        javascript="chatCompletion",
        is_chat=True,
    ),
    Task(
        name=IMAGE_CHAT,
        summary="Answers in a conversation with pictures.",
        example="Qwen/Qwen2.5-VL-7B-Instruct",
        answer=Any,
        reads=Unit.TOKEN,
        writes=Unit.TOKEN,
        python="chat_completion",
        javascript="chatCompletion",
        is_chat=True,
    ),
)
TASKS: Final[Mapping[str, Task]] = {
    task.name: task for task in (*_CHATS, *TEXTS, *TABLES, *PICTURES, *SOUNDS, *VIDEOS)
}
# Models of one of these do the other, too.
ALIKE: Final = frozenset({"feature-extraction", "sentence-similarity"})
# Other names of the Hub and of old clients.
_ALIASES: Final[Mapping[str, str]] = {
    "conversational": CHAT,
    "sentiment-analysis": "text-classification",
    "ner": "token-classification",
    "embeddings": "feature-extraction",
    "text2text-generation": "text-generation",
}


def find_task(name: str) -> Task | None:
    """Return a task by its name, or one of its other names; None: there is no such task."""
    return TASKS.get(_ALIASES.get(name, name))
