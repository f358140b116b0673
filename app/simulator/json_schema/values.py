"""Makes the smallest value that a JSON Schema accepts.

A value is made for several schemas at once: `$ref`, `allOf` and the chosen branches of `anyOf`,
`oneOf` and `if` are conditions that stand side by side. Candidates come plainest first, and the
first that passes the check of all schemas is taken: what comes out is valid, or there is an error.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, product
from typing import Final

from pydantic import JsonValue

from app.simulator.json_schema.checks import is_declared, is_valid, same
from app.simulator.json_schema.keywords import (
    Document,
    Schema,
    SchemaError,
    compiled,
    count_of,
    is_true,
    list_of,
    names_of,
    table_of,
    text_of,
    texts as texts_in,
    types_of,
)
from app.simulator.json_schema.patterns import samples
from app.simulator.json_schema.scalars import MAX_SIZE, numbers, texts

_MAX_REFERENCES: Final = 24
_MAX_VARIANTS: Final = 256
_HINTS: Final[dict[str, str]] = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "minProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "contains": "array",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
    "multipleOf": "number",
}
_WIDER: Final[dict[str, str]] = {"integer": "number"}
_BRANCHES: Final = ("anyOf", "oneOf")
_TYPES: Final = ("string", "object", "array", "integer", "number", "boolean", "null")


def smallest_value(schema: JsonValue) -> JsonValue:
    """Return a value that the schema accepts, as small as is easily found.

    Raises:
        SchemaError: the schema is malformed, cannot be satisfied, or is beyond the simulator.
    """
    document = Document(schema)
    try:
        for references in range(_MAX_REFERENCES):
            maker = _Maker(document)
            for value in maker.values([schema], references):
                return value
            if not maker.ran_out:
                break
    except RecursionError as error:
        raise SchemaError("The schema refers to itself without an end.") from error
    raise SchemaError("The simulator finds no value that the schema accepts.")


class _Maker:
    """Makes values while following at most so many references one inside another."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.ran_out = False

    def values(self, schemas: Sequence[JsonValue], references: int) -> Iterator[JsonValue]:
        """Yield values that all of the schemas accept."""
        for flat, left in self._readings([*schemas], (), references):
            for value in islice(self._candidates(flat, left), _MAX_VARIANTS):
                self._document.count_step()
                if all(is_valid(value, schema, self._document) for schema in schemas):
                    yield value

    def _readings(
        self, waiting: list[JsonValue], flat: tuple[Schema, ...], references: int
    ) -> Iterator[tuple[tuple[Schema, ...], int]]:
        """Yield every way to satisfy the schemas, as a list of plain conditions."""
        self._document.count_step()
        if not waiting:
            yield flat, references
            return
        schema, rest = waiting[0], waiting[1:]
        if is_true(schema):
            yield from self._readings(rest, flat, references)
        if not isinstance(schema, dict):
            return
        needed = list_of(schema, "allOf")
        if reference := text_of(schema, "$ref"):
            if references == 0:
                self.ran_out = True
                return
            references -= 1
            needed = [self._document.resolve(reference), *needed]
        for chosen in product(*_choices(schema)):
            more = [*needed, *chain.from_iterable(chosen), *rest]
            yield from self._readings(more, (*flat, schema), references)

    def _candidates(self, flat: tuple[Schema, ...], references: int) -> Iterator[JsonValue]:
        for schema in flat:
            if "const" in schema:
                yield schema["const"]
                return
            if "enum" in schema:
                yield from list_of(schema, "enum")
                return
        for name in _types(flat):
            yield from self._of_type(name, flat, references)

    def _of_type(self, name: str, flat: tuple[Schema, ...], references: int) -> Iterator[JsonValue]:
        match name:
            case "object":
                yield from self._objects(flat, references)
            case "array":
                yield from self._arrays(flat, references)
            case "string":
                yield from texts(flat)
            case "integer":
                yield from (int(value) for value in numbers(flat))
            case "number":
                yield from numbers(flat)
            case "boolean":
                yield from (False, True)
            case _:
                yield None

    def _objects(self, flat: tuple[Schema, ...], references: int) -> Iterator[JsonValue]:
        needed = _required(flat)
        wanted = max((count_of(schema, "minProperties") for schema in flat), default=0)
        made: dict[str, JsonValue] = {}
        for name in dict.fromkeys([*needed, *_further_names(flat, wanted)]):
            if name not in needed and len(made) >= wanted:
                break
            values = self.values(_of_property(name, flat), references)
            made.update((name, value) for value in islice(values, 1))
            if name in needed and name not in made:
                return
        yield made
        for name in [*made, *_further_names(flat, len(made) + 3)]:
            others = self.values(_of_property(name, flat), references)
            yield from ({**made, name: other} for other in others)

    def _arrays(self, flat: tuple[Schema, ...], references: int) -> Iterator[JsonValue]:
        special = [schema for schema in flat if "contains" in schema]
        hits = max((count_of(schema, "minContains", default=1) for schema in special), default=0)
        size = max(hits, *(count_of(schema, "minItems") for schema in flat), 0)
        if size > MAX_SIZE:
            raise SchemaError(f"The simulator makes lists of {MAX_SIZE} items at most.")
        unique = any(schema.get("uniqueItems") is True for schema in flat)
        made: list[JsonValue] = []
        for at in range(size + 3):
            wanted = _of_item(at, flat) + [one["contains"] for one in special if at < hits]
            values = self.values(wanted, references)
            if unique:
                values = (value for value in values if not any(same(value, old) for old in made))
            if at >= size:
                yield [*made]
            found = [*islice(values, 1)]
            if not found:
                return
            made += found
            if at == size - 1:
                yield from ([*made[:-1], other] for other in values)


def _choices(schema: Schema) -> list[list[list[JsonValue]]]:
    """Return the decisions a schema asks for: for each one its options, each a list of schemas."""
    found = [[[one] for one in list_of(schema, word)] for word in _BRANCHES if word in schema]
    if "if" in schema:
        then = [schema["if"], schema.get("then", True)]
        found.append([then, [{"not": schema["if"]}, schema.get("else", True)]])
    return found


def _types(flat: tuple[Schema, ...]) -> list[str]:
    """Return the types that all schemas allow; hints come first where nothing is said."""
    told = [names for schema in flat if (names := types_of(schema))]
    if not told:
        hinted = [_HINTS[word] for schema in flat for word in _HINTS if word in schema]
        return [*dict.fromkeys([*hinted, *_TYPES])]
    whole = any("integer" in names and "number" not in names for names in told)
    names = ["integer" if whole and name == "number" else name for name in told[0]]
    return [name for name in names if all({name, _WIDER.get(name)} & {*one} for one in told)]


def _required(flat: tuple[Schema, ...]) -> dict[str, None]:
    """Return the names an object must have, in order, with those that they bring along."""
    names = dict.fromkeys(name for schema in flat for name in names_of(schema, "required"))
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        for schema in flat:
            brought = texts_in(table_of(schema, "dependentRequired").get(name, []), "required")
            waiting += [one for one in brought if one not in names]
            names |= dict.fromkeys(brought)
    return names


def _further_names(flat: tuple[Schema, ...], wanted: int) -> list[str]:
    """Return names that an object may have besides the required ones."""
    if wanted > MAX_SIZE:
        raise SchemaError(f"The simulator makes objects of {MAX_SIZE} properties at most.")
    declared = [name for schema in flat for name in table_of(schema, "properties")]
    patterns = [word for schema in flat for word in table_of(schema, "patternProperties")]
    rules: list[JsonValue] = [one["propertyNames"] for one in flat if "propertyNames" in one]
    patterns += [
        word for one in rules if isinstance(one, dict) if (word := text_of(one, "pattern"))
    ]
    matching = [text for word in patterns for text in samples(word)]
    return [*declared, *matching, *(f"simulator_{n}" for n in range(1, wanted + 1))]


def _of_property(name: str, flat: tuple[Schema, ...]) -> list[JsonValue]:
    """Return every schema that the value under a name must satisfy."""
    found: list[JsonValue] = []
    for schema in flat:
        properties, patterns = table_of(schema, "properties"), table_of(schema, "patternProperties")
        found += [properties[name]] if name in properties else []
        found += [inner for word, inner in patterns.items() if compiled(word).search(name)]
        if "additionalProperties" in schema and not is_declared(name, schema):
            found.append(schema["additionalProperties"])
    if not found:
        found = [one["unevaluatedProperties"] for one in flat if "unevaluatedProperties" in one]
    return found


def _of_item(at: int, flat: tuple[Schema, ...]) -> list[JsonValue]:
    """Return every schema that one item of a list must satisfy."""
    found: list[JsonValue] = []
    for schema in flat:
        first = list_of(schema, "prefixItems")
        if at < len(first):
            found.append(first[at])
        elif "items" in schema:
            found.append(schema["items"])
    if not found:
        found = [one["unevaluatedItems"] for one in flat if "unevaluatedItems" in one]
    return found
