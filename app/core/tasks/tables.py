"""Tasks that read tables."""

from typing import Annotated, Final, Literal, Self, cast

from pydantic import BeforeValidator, Field, model_validator

from app.core.tasks.answers import Cell, Cells
from app.core.tasks.shapes import only_item
from app.core.tasks.task import Closed, Switch, Task, Text
from app.core.tasks.units import Unit
from app.utils.first_fault import FIRST_ONLY

_MOST_COLUMNS: Final = 4_096  # each that is wrong would be told


def _is_narrow(value: object) -> object:
    if isinstance(value, dict) and len(cast("dict[object, object]", value)) > _MOST_COLUMNS:
        raise ValueError(f"must have at most {_MOST_COLUMNS:,} columns")
    return cast("object", value)


Column = Annotated[list[Cell], FIRST_ONLY]
Table = Annotated[dict[str, Column], BeforeValidator(_is_narrow), Field(min_length=1)]


class TableQuestion(Closed):
    """What is asked of a table."""

    query: Text | None = None
    question: Annotated[Text | None, Field(description="Another name of `query`.")] = None
    table: Table

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if self.query is None and self.question is None:
            raise ValueError("needs `query`: what is asked of the table")
        return self


class Data(Closed):
    """A table, as Hugging Face's JavaScript client sends it."""

    data: Table


TABLES: Final = (
    Task(
        name="table-question-answering",
        summary="Finds the answer to a question in a table.",
        example="google/tapas-base-finetuned-wtq",
        sample={"inputs": {"query": "How old is Ada?", "table": {"name": ["Ada"], "age": ["36"]}}},
        inputs=TableQuestion,
        parameters={
            "padding": Literal["do_not_pad", "longest", "max_length"],
            "sequential": Switch,
            "truncation": Switch,
        },
        answer=Cells | list[Cells],
        reads=Unit.CHARACTER,
        python="table_question_answering",
        javascript="tableQuestionAnswering",
        in_python=only_item,
    ),
    Task(
        name="tabular-classification",
        summary="Labels the rows of a table.",
        example="julien-c/wine-quality",
        sample={"table": {"acidity": [7.4, 7.8], "alcohol": [9.4, 9.8]}},
        inputs=Data | None,
        root={"table": Table},
        needs_one_of=("inputs", "table"),
        answer=list[Cell],
        reads=Unit.REQUEST,
        python="tabular_classification",
        javascript="tabularClassification",
    ),
    Task(
        name="tabular-regression",
        summary="Says a number for each row of a table.",
        example="scikit-learn/Fish-Weight",
        sample={"table": {"length": [23.2, 24.0], "width": [4.0, 4.3]}},
        inputs=Data | None,
        root={"table": Table},
        needs_one_of=("inputs", "table"),
        answer=list[float],
        reads=Unit.REQUEST,
        python="tabular_regression",
        javascript="tabularRegression",
        no_url=("python",),
    ),
)
