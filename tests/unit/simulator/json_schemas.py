"""Strategies that generate JSON values and JSON Schemas."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

_NAMES = st.sampled_from(["a", "b", "name", "x-y", "größe"])
_NAME_LISTS: SearchStrategy[JsonValue] = st.lists(_NAMES, max_size=2, unique=True).map(
    lambda names: [*names]
)
_SCALARS: SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 40),
    st.sampled_from([0.5, -1.25, 1.0, 1e9]),
    st.text(max_size=4),
)
_FORMATS = ["date-time", "date", "email", "uuid", "ipv4", "ipv6", "hostname", "uri", "time"]
_PATTERNS = [
    "^[A-Z]{3}$",
    r"^\d{3}-\d{4}$",
    "^(red|green|blue)$",
    "^[a-z0-9_-]{3,16}$",
    r"^#(?:[0-9a-f]{3}){1,2}$",
    "a+b?",
    r"^\S+@\S+\.\w{2,}$",
    "^[^a-z]+$",
]


def values() -> SearchStrategy[JsonValue]:
    """Any small JSON value."""
    return st.recursive(
        _SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)
        ),
        max_leaves=6,
    )


def satisfiable() -> SearchStrategy[JsonObject]:
    """Schemas of the kinds that people write, all of which accept some value."""
    return st.recursive(_leaves(), _around, max_leaves=8)


def wild() -> SearchStrategy[JsonValue]:
    """Schemas put together at random: many accept nothing."""
    return st.recursive(st.one_of(st.booleans(), _leaves(), _conditions()), _wild_around)


def _optional(**keywords: SearchStrategy[JsonValue]) -> SearchStrategy[JsonObject]:
    return st.fixed_dictionaries({}, optional=keywords)


def _leaves() -> SearchStrategy[JsonObject]:
    return st.one_of(
        st.just({}),
        st.sampled_from(["string", "integer", "number", "boolean", "null", "object"]).map(_typed),
        st.lists(_SCALARS, min_size=1, max_size=3).map(lambda some: {"enum": some}),
        _SCALARS.map(lambda one: {"const": one}),
        st.tuples(st.integers(0, 30), st.integers(0, 9)).map(
            lambda ends: {"type": "string", "minLength": ends[0], "maxLength": sum(ends)}
        ),
        st.sampled_from(_FORMATS).map(lambda form: {"type": "string", "format": form}),
        st.sampled_from(_PATTERNS).map(lambda text: {"type": "string", "pattern": text}),
        st.tuples(st.integers(-50, 50), st.integers(1, 9)).map(
            lambda ends: {"type": "integer", "minimum": ends[0], "exclusiveMaximum": sum(ends)}
        ),
        st.tuples(st.floats(-5, 5), st.floats(0.25, 5)).map(
            lambda ends: {
                "type": "number",
                "exclusiveMinimum": ends[0],
                "exclusiveMaximum": sum(ends),
            }
        ),
        st.tuples(st.integers(-50, 50), st.sampled_from([1, 3, 0.5, 0.1, 2.5])).map(
            lambda pair: {"type": "number", "minimum": pair[0], "multipleOf": pair[1]}
        ),
    )


def _typed(name: str) -> JsonObject:
    return {"type": name}


def _around(inner: SearchStrategy[JsonObject]) -> SearchStrategy[JsonObject]:
    return st.one_of(
        _objects(inner),
        st.tuples(inner, st.integers(0, 3)).map(
            lambda pair: {"type": "array", "items": pair[0], "minItems": pair[1]}
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda some: {"type": "array", "prefixItems": [*some], "minItems": len(some)}
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"anyOf": [*some]}),
        inner.map(lambda one: {"allOf": [one, {}]}),
        inner.map(lambda one: {"type": ["null"], "oneOf": [{"type": "null"}, {"not": one}]}).map(
            lambda one: {"anyOf": [one, {"type": "boolean"}]}
        ),
        inner.map(lambda one: {"not": {"const": "[simulator]"}, "anyOf": [one, {"type": "null"}]}),
    )


@st.composite
def _objects(draw: st.DrawFn, inner: SearchStrategy[JsonObject]) -> JsonObject:
    properties = draw(st.dictionaries(_NAMES, inner, max_size=4))
    names = sorted(properties)
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in names if draw(st.booleans())],
        "additionalProperties": draw(st.booleans()),
    }


def _conditions() -> SearchStrategy[JsonObject]:
    sizes = st.integers(0, 3)
    return _optional(
        type=st.sampled_from(["string", "integer", "number", "array", "object", "null"]),
        minimum=st.integers(-3, 3),
        maximum=st.integers(-3, 3),
        multipleOf=st.sampled_from([2, 0.5]),
        minLength=sizes,
        maxLength=sizes,
        pattern=st.sampled_from(_PATTERNS),
        minItems=sizes,
        maxItems=sizes,
        uniqueItems=st.booleans(),
        minProperties=sizes,
        maxProperties=sizes,
        required=_NAME_LISTS,
        dependentRequired=st.just({"a": ["b"]}),
        enum=st.lists(values(), min_size=1, max_size=3),
        const=values(),
    )


def _wild_around(inner: SearchStrategy[JsonValue]) -> SearchStrategy[JsonValue]:
    some = st.lists(inner, min_size=1, max_size=2)
    tables = st.dictionaries(_NAMES, inner, max_size=2)
    keywords = dict.fromkeys(("if", "then", "else", "not", "contains"), inner)
    return _optional(
        items=inner,
        prefixItems=some,
        properties=tables,
        patternProperties=st.dictionaries(st.sampled_from(["^a", "x"]), inner, max_size=1),
        additionalProperties=inner,
        propertyNames=inner,
        dependentSchemas=tables,
        required=_NAME_LISTS,
        allOf=some,
        anyOf=some,
        oneOf=some,
        minContains=st.integers(0, 2),
        **keywords,
    )
