"""Each method of `huggingface_hub`'s client, with what it is asked and what it must return."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, cast

from app.simulator.tasks.files import png, wav

IMAGE: Final = png(6, 4)
SOUND: Final = wav(3)
TEXT: Final = "Ada lives in London"


class Case(NamedTuple):
    """One method."""

    task: str
    method: str
    asked: tuple[tuple[Any, ...], dict[str, Any]]
    show: Callable[[Any], Any]  # what is compared of the answer
    answer: Any

    def ask(self, client: Any, **more: Any) -> Any:
        """Call the method of a client: the answer, or what to await for it."""
        args, kwargs = self.asked
        return getattr(client, self.method)(*args, **kwargs, **more)


def asked(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, kwargs


def fields(*names: str) -> Callable[[Any], Any]:
    """Show some fields of an answer, or of each one of a list."""

    def show(found: Any) -> Any:
        if isinstance(found, list):
            return [show(one) for one in cast("list[Any]", found)]
        return tuple(getattr(found, name) for name in names)

    return show


def _count_and_first(found: Any) -> Any:
    return len(found), found[0]


def _details(found: Any) -> Any:
    return found.details.finish_reason, found.generated_text[:11]


def _masks(found: Any) -> Any:
    return [(one.label, one.mask.size) for one in found]


def _first_times(found: Any) -> Any:
    return found.chunks[0].timestamp


def _sounds(found: Any) -> Any:
    return [(one.label, one.blob[:4]) for one in found]


def _beginning(found: Any) -> Any:
    return found[:4]


def _labels(found: Any) -> list[str]:
    assert abs(sum(one.score for one in found) - 1) < 0.01
    return sorted(one.label for one in found)


def _answer(found: Any) -> Any:
    return found[0].answer


def _array(found: Any) -> Any:
    return str(found.dtype), found.shape, round(float((found**2).sum()), 3)


def _box(found: Any) -> Any:
    return [(one.label, one.box.xmax, one.box.ymax) for one in found]


LABELS: Final = ["LABEL_0", "LABEL_1", "LABEL_2"]
EVERYTHING: Final = "[simulator] everything"

CASES: Final = (
    Case("text-classification", "text_classification", asked(TEXT), _labels, LABELS),
    Case(
        "text-classification",
        "text_classification",
        asked(TEXT, top_k=1, function_to_apply="softmax"),
        len,
        1,
    ),
    Case(
        "token-classification",
        "token_classification",
        asked(TEXT, aggregation_strategy="simple"),
        fields("word", "start", "end"),
        [("Ada", 0, 3), ("London", 13, 19)],
    ),
    Case(
        "token-classification",
        "token_classification",
        asked(TEXT, aggregation_strategy="none"),
        fields("word", "entity_group"),
        [("Ada", None), ("London", None)],
    ),
    Case(
        "zero-shot-classification",
        "zero_shot_classification",
        asked(TEXT, ["yes", "no"], multi_label=True),
        _labels,
        ["no", "yes"],
    ),
    Case(
        "fill-mask",
        "fill_mask",
        asked("Paris is the [MASK].", top_k=2),
        fields("sequence", "token", "token_str"),
        [("Paris is the answer.", 1001, "answer"), ("Paris is the thing.", 1002, "thing")],
    ),
    Case(
        "question-answering",
        "question_answering",
        asked(question="Who?", context=TEXT),
        fields("answer", "start", "end"),
        ("Ada", 0, 3),
    ),
    Case(
        "table-question-answering",
        "table_question_answering",
        asked({"city": ["London", "Paris"]}, "Where?"),
        fields("answer", "coordinates", "cells"),
        ("London", [[0, 0]], ["London"]),
    ),
    Case(
        "summarization",
        "summarization",
        asked(TEXT, clean_up_tokenization_spaces=True),
        fields("summary_text"),
        (f"[simulator] {TEXT}",),
    ),
    Case(
        "translation",
        "translation",
        asked(TEXT, src_lang="en", tgt_lang="de"),
        fields("translation_text"),
        (f"[simulator] {TEXT}",),
    ),
    Case(
        "feature-extraction",
        "feature_extraction",
        asked(TEXT, normalize=True),
        _array,
        ("float32", (1, 8), 1.0),
    ),
    Case(
        "sentence-similarity",
        "sentence_similarity",
        asked(TEXT, other_sentences=[TEXT, "Else"]),
        _count_and_first,
        (2, 1.0),
    ),
    Case(
        "text-generation",
        "text_generation",
        asked(TEXT, max_new_tokens=4),
        str,
        "[simulator] No",
    ),
    Case(
        "text-generation",
        "text_generation",
        asked(TEXT, details=True),
        _details,
        ("eos_token", "[simulator]"),
    ),
    Case(
        "tabular-classification",
        "tabular_classification",
        asked({"a": ["1", "2"]}),
        len,
        2,
    ),
    Case("image-classification", "image_classification", asked(IMAGE), _labels, LABELS),
    Case(
        "image-classification",
        "image_classification",
        asked(IMAGE, top_k=2),
        len,
        2,
    ),
    Case("object-detection", "object_detection", asked(IMAGE), _box, [(EVERYTHING, 6, 4)]),
    Case(
        "object-detection",
        "object_detection",
        asked(IMAGE, threshold=0.5),
        _box,
        [(EVERYTHING, 6, 4)],
    ),
    Case(
        "image-segmentation",
        "image_segmentation",
        asked(IMAGE, threshold=0.5),
        _masks,
        [(EVERYTHING, (6, 4))],
    ),
    Case(
        "image-to-text",
        "image_to_text",
        asked(IMAGE),
        fields("generated_text"),
        ("[simulator] An image of 6 x 4 pixels.",),
    ),
    Case(
        "document-question-answering",
        "document_question_answering",
        asked(IMAGE, "What?", top_k=1),
        _answer,
        "[simulator] a page",
    ),
    Case(
        "visual-question-answering",
        "visual_question_answering",
        asked(IMAGE, "What?"),
        _answer,
        "[simulator] What?",
    ),
    Case(
        "zero-shot-image-classification",
        "zero_shot_image_classification",
        asked(IMAGE, ["cat", "dog"]),
        _labels,
        ["cat", "dog"],
    ),
    Case(
        "text-to-image",
        "text_to_image",
        asked("a cat", width=32, height=16),
        fields("format", "size"),
        ("PNG", (32, 16)),
    ),
    Case("image-to-image", "image_to_image", asked(IMAGE), fields("format"), ("PNG",)),
    Case(
        "image-to-image",
        "image_to_image",
        asked(IMAGE, prompt="a dog", target_size={"width": 8, "height": 9}),
        fields("size"),
        ((8, 9),),
    ),
    Case("audio-classification", "audio_classification", asked(SOUND), _labels, LABELS),
    Case("audio-classification", "audio_classification", asked(SOUND, top_k=1), len, 1),
    Case(
        "automatic-speech-recognition",
        "automatic_speech_recognition",
        asked(SOUND),
        fields("text"),
        ("[simulator] 3 s of sound.",),
    ),
    Case(
        "automatic-speech-recognition",
        "automatic_speech_recognition",
        asked(SOUND, extra_body={"return_timestamps": True}),
        _first_times,
        [0.0, 3.0],
    ),
    Case(
        "audio-to-audio",
        "audio_to_audio",
        asked(SOUND),
        _sounds,
        [("speech_0", b"RIFF")],
    ),
    Case(
        "text-to-speech",
        "text_to_speech",
        asked("Hello", do_sample=True),
        _beginning,
        b"RIFF",
    ),
)
