"""The routes as the application serves them, and what each declares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from app.main import app
from app.simulator.app import create_simulator


@dataclass(frozen=True, slots=True)
class Served:
    """One route: where it is, what answers, what it takes and gives."""

    name: str
    endpoint: Callable[..., Any]
    body_types: tuple[Any, ...]
    response_model: Any
    declared: dict[str, Any]
    in_schema: bool

    def shows_a_response(self) -> bool:
        """Say whether every success of the route has a declared form."""
        successes = {status: answer for status, answer in self.declared.items() if status[0] == "2"}
        return bool(successes) and all(
            status == "204" or _is_specific(answer.get("content", {}))
            for status, answer in successes.items()
        )


def _is_specific(content: dict[str, Any]) -> bool:
    return bool(content) and all(
        media.get("schema") or media.get("itemSchema") for media in content.values()
    )


def served() -> Iterator[Served]:
    """Yield every route of the gateway and of the simulator."""
    yield from served_by(app)
    yield from served_by(create_simulator(), "simulator ")


def served_by(application: FastAPI, label: str = "") -> Iterator[Served]:
    """Yield every route of one application."""
    paths: dict[str, Any] = application.openapi().get("paths", {})
    for context in iter_route_contexts(application.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        for method in sorted(context.methods or ()):
            operation = paths.get(context.path_format or "", {}).get(method.lower(), {})
            yield Served(
                name=f"{label}{method} {context.path}",
                endpoint=route.endpoint,
                body_types=tuple(
                    part.field_info.annotation for part in route.dependant.body_params
                ),
                response_model=route.response_model,
                declared=operation.get("responses", {}),
                in_schema=route.include_in_schema,
            )


def is_model(annotation: Any) -> bool:
    """Say whether an annotation is a Pydantic model, alone or in a union of them."""
    members = getattr(annotation, "__args__", None) or (annotation,)
    return all(isinstance(part, type) and issubclass(part, BaseModel) for part in members)
