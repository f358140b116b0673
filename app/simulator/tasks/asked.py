"""What a task was asked for, as those who make up the answer want it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.core.tasks.files import File
from app.core.tasks.parts import parts_of
from app.core.tasks.task import Task, TaskBody


@dataclass(frozen=True)
class Asked:
    """One request."""

    task: Task
    body: TaskBody | File

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """Return what it was told besides its input."""
        if isinstance(self.body, File):
            return {}
        told: Any = self.body if self.task.is_flat else dict(self.body).get("parameters")
        return {} if told is None else told.model_dump(exclude_none=True)

    @cached_property
    def texts(self) -> Sequence[str]:
        """Return the texts of its input, in their order."""
        return [part for part in self._parts if isinstance(part, str)]

    @cached_property
    def file(self) -> File | None:
        """Return the first file of its input."""
        return next((part for part in self._parts if isinstance(part, File)), None)

    @property
    def inputs(self) -> Any:
        """Return the field `inputs`."""
        return None if isinstance(self.body, File) else dict(self.body).get("inputs")

    def field(self, name: str) -> Any:
        """Return a field of the body, or of its input; None where there is none."""
        for holder in (self.inputs, self.body):
            found = getattr(holder, name, None)
            if found is not None:
                return found
        return None

    def chance(self, *words: object) -> float:
        """Return a number between 0 and 1 that depends on nothing but the words."""
        digest = hashlib.sha256("\0".join(map(str, words)).encode(errors="replace")).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    @cached_property
    def _parts(self) -> Sequence[str | File]:
        if isinstance(self.body, File):
            return [self.body]
        beside = {"options", "parameters", *(self.task.parameters if self.task.is_flat else ())}
        fields = dict(self.body)
        return [*parts_of([fields[name] for name in fields if name not in beside])]
