"""The application's source, parsed once, as the tests about it want to see it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
APP: Final = ROOT / "app"

Function = ast.FunctionDef | ast.AsyncFunctionDef
_HTTP_VERBS: Final = {"get", "post", "put", "patch", "delete", "head", "options", "api_route"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file. `name` is its path from the repository, as people write it."""

    path: Path
    tree: ast.Module
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def dotted(self) -> str:
        return self.name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def functions(self) -> Iterator[Function]:
        """Yield every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def public_functions(self) -> Iterator[Function]:
        """Yield the functions and methods whose own name and class are public."""
        for node in self.tree.body:
            members = node.body if isinstance(node, ast.ClassDef) else [node]
            if not isinstance(node, ast.ClassDef) or not node.name.startswith("_"):
                yield from (
                    member
                    for member in members
                    if isinstance(member, Function) and not member.name.startswith("_")
                )

    def imports(self) -> Iterator[str]:
        """Yield every imported module, and every name imported from one, fully dotted."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def calls(self) -> Iterator[str]:
        """Yield what is called, as written: `client.post`, `AsyncClient`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the modules below some folders of the repository, sorted by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return tuple(Module(p, ast.parse(t), t) for p, t in zip(paths, texts, strict=True))


def imports_any(module: Module, *packages: str) -> set[str]:
    """Return what a module imports of some packages."""
    return {
        name
        for name in module.imports()
        for package in packages
        if name == package or name.startswith(f"{package}.")
    }


def handlers(module: Module) -> list[Function]:
    """Return a module's route handlers: what carries `@router.get(...)` and the like."""
    return [function for function in module.functions() if any(map(_is_route, _calls_on(function)))]


def endpoint_count(module: Module) -> int:
    """Return how many endpoints a module declares; one function may be several."""
    return sum(_is_route(call) for function in module.functions() for call in _calls_on(function))


def _calls_on(function: Function) -> Iterator[ast.expr]:
    for decorator in function.decorator_list:
        yield decorator.func if isinstance(decorator, ast.Call) else decorator


def _is_route(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr in _HTTP_VERBS
