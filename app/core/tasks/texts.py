"""Tasks that read texts and answer in JSON."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from app.core.tasks.answers import (
    Entity,
    Filled,
    Found,
    Generated,
    Label,
    Rank,
    Summary,
    Translation,
    Vectors,
)
from app.core.tasks.shapes import with_groups
from app.core.tasks.task import (
    Cap,
    Closed,
    Generation,
    Labels,
    Number,
    Scores,
    Switch,
    Task,
    Text,
    Texts,
    Whole,
    at_most,
    for_each,
)
from app.core.tasks.units import Unit
from app.utils.first_fault import FIRST_ONLY

_LONGEST_TEXT: Final = 16_384  # tokens or characters that are written, where nobody says


class Question(Closed):
    """What is asked, and the text that may answer it."""

    question: Text
    context: Text


class Comparison(Closed):
    """A sentence, and those that it is compared with."""

    source_sentence: Text
    sentences: Labels


class Ranking(Closed):
    """What is looked for, and the texts that may hold it."""

    query: Text
    texts: Labels


Some = Text | Annotated[list[Text], FIRST_ONLY, Field(min_length=1)]

_GENERATION: Final[dict[str, Any]] = {
    "adapter_id": str,
    "best_of": Whole,
    "decoder_input_details": Switch,
    "details": Switch,
    "do_sample": Switch,
    "frequency_penalty": Number,
    "grammar": dict[str, Any],
    "max_new_tokens": Whole,
    "repetition_penalty": Number,
    "return_full_text": Switch,
    "seed": Whole,
    "stop": Texts,
    "stop_sequences": Texts,
    "temperature": Number,
    "top_k": Whole,
    "top_n_tokens": Whole,
    "top_p": Number,
    "truncate": Whole,
    "typical_p": Number,
    "watermark": Switch,
}
_CUT: Final = Literal["do_not_truncate", "longest_first", "only_first", "only_second"]


_NEW_TOKENS: Final = Cap("max_new_tokens", 4_096)

TEXTS: Final = (
    Task(
        name="text-generation",
        summary="Continues a text.",
        example="HuggingFaceTB/SmolLM2-135M",
        sample={"inputs": "Once upon a time", "parameters": {"max_new_tokens": 32}},
        inputs=Text,
        root={"stream": Switch},
        parameters=_GENERATION,
        answer=list[Generated] | Generated,
        reads=Unit.TOKEN,
        writes=Unit.TOKEN,
        written=("generated_text",),
        most=at_most(_NEW_TOKENS, times="best_of"),
        cap=_NEW_TOKENS,
        python="text_generation",
        javascript="textGeneration",
        is_streamed=True,
    ),
    Task(
        name="feature-extraction",
        summary="Turns texts into vectors.",
        example="sentence-transformers/all-MiniLM-L6-v2",
        sample={"inputs": ["A first text", "A second text"]},
        inputs=Some,
        is_flat=True,
        parameters={
            "normalize": Switch,
            "prompt_name": str,
            "truncate": Switch,
            "truncation_direction": Literal["left", "right", "Left", "Right"],
            "dimensions": Whole,
            "encoding_format": Literal["float", "base64"],
        },
        answer=Vectors,
        reads=Unit.TOKEN,
        python="feature_extraction",
        javascript="featureExtraction",
    ),
    Task(
        name="sentence-similarity",
        summary="Says how alike a sentence and others are.",
        example="sentence-transformers/paraphrase-MiniLM-L6-v2",
        sample={
            "inputs": {"source_sentence": "I am happy", "sentences": ["I am glad", "It rains"]}
        },
        inputs=Comparison,
        answer=list[float],
        reads=Unit.CHARACTER,
        python="sentence_similarity",
        javascript="sentenceSimilarity",
    ),
    Task(
        name="text-ranking",
        summary="Orders texts by how well they answer a question.",
        example="cross-encoder/ms-marco-MiniLM-L6-v2",
        sample={"inputs": {"query": "Where is Ada?", "texts": ["Ada is in London", "It rains"]}},
        inputs=Ranking,
        answer=list[Rank],
        reads=Unit.CHARACTER,
    ),
    Task(
        name="fill-mask",
        summary="Fills the gap in a text.",
        example="google-bert/bert-base-uncased",
        sample={"inputs": "Paris is the [MASK] of France."},
        inputs=Text,
        parameters={"top_k": Whole, "targets": Texts},
        answer=list[Filled],
        reads=Unit.CHARACTER,
        python="fill_mask",
        javascript="fillMask",
    ),
    Task(
        name="text-classification",
        summary="Labels texts.",
        example="distilbert/distilbert-base-uncased-finetuned-sst-2-english",
        sample={"inputs": "I like this."},
        inputs=Some,
        parameters={"function_to_apply": Scores, "top_k": Whole},
        answer=list[list[Label]],
        reads=Unit.CHARACTER,
        python="text_classification",
        javascript="textClassification",
    ),
    Task(
        name="token-classification",
        summary="Finds names of persons, places and the like in a text.",
        example="dslim/bert-base-NER",
        sample={"inputs": "Ada lives in London."},
        inputs=Text,
        parameters={
            "aggregation_strategy": Literal["none", "simple", "first", "average", "max"],
            "ignore_labels": Texts,
            "stride": Whole,
        },
        answer=list[Entity],
        reads=Unit.CHARACTER,
        python="token_classification",
        javascript="tokenClassification",
        in_javascript=with_groups,
    ),
    Task(
        name="zero-shot-classification",
        summary="Labels a text with labels of the caller's own.",
        example="facebook/bart-large-mnli",
        sample={"inputs": "It rains.", "parameters": {"candidate_labels": ["weather", "sport"]}},
        inputs=Text,
        parameters={"candidate_labels": Labels, "multi_label": Switch, "hypothesis_template": str},
        needs=("candidate_labels",),
        answer=list[Label],
        reads=Unit.CHARACTER,
        python="zero_shot_classification",
        javascript="zeroShotClassification",
    ),
    Task(
        name="question-answering",
        summary="Finds the answer to a question in a text.",
        example="deepset/roberta-base-squad2",
        sample={"inputs": {"question": "Where is Ada?", "context": "Ada is in London."}},
        inputs=Question,
        parameters={
            "align_to_words": Switch,
            "doc_stride": Whole,
            "handle_impossible_answer": Switch,
            "max_answer_len": Whole,
            "max_question_len": Whole,
            "max_seq_len": Whole,
            "top_k": Whole,
        },
        answer=Found | list[Found],
        reads=Unit.CHARACTER,
        python="question_answering",
        javascript="questionAnswering",
    ),
    Task(
        name="summarization",
        summary="Makes a text shorter.",
        example="facebook/bart-large-cnn",
        sample={"inputs": "A long text that is to become a short one."},
        inputs=Some,
        parameters={
            "clean_up_tokenization_spaces": Switch,
            "truncation": _CUT,
            "generate_parameters": Generation,
        },
        answer=list[Summary],
        reads=Unit.CHARACTER,
        writes=Unit.CHARACTER,
        written=("summary_text",),
        most=for_each(1, besides=_LONGEST_TEXT),
        python="summarization",
        javascript="summarization",
    ),
    Task(
        name="translation",
        summary="Says a text in another language.",
        example="Helsinki-NLP/opus-mt-en-de",
        sample={"inputs": "I like this."},
        inputs=Some,
        parameters={
            "src_lang": str,
            "tgt_lang": str,
            "clean_up_tokenization_spaces": Switch,
            "truncation": _CUT,
            "generate_parameters": Generation,
        },
        answer=list[Translation],
        reads=Unit.CHARACTER,
        writes=Unit.CHARACTER,
        written=("translation_text",),
        most=for_each(4, besides=_LONGEST_TEXT),
        python="translation",
        javascript="translation",
    ),
)
