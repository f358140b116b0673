"""Each method of `huggingface_hub`'s client, with what it is asked and what it must return."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from app.simulator.tasks.files import png, wav

IMAGE: Final = png(6, 4)
SOUND: Final = wav(3)
TEXT: Final = "Ada lives in London"


class Case(NamedTuple):
    """One method."""

    task: str
    ask: Callable[[Any], Any]  # of a client, sync or async
    show: Callable[[Any], Any]  # what is compared of the answer
    answer: Any


def _labels(found: Any) -> list[str]:
    assert abs(sum(one.score for one in found) - 1) < 0.01
    return sorted(one.label for one in found)


def _answer(found: Any) -> Any:
    one = found[0] if isinstance(found, list) else found
    return one.answer


def _array(found: Any) -> Any:
    return str(found.dtype), found.shape, round(float((found**2).sum()), 3)


def _box(found: Any) -> Any:
    return [(one.label, one.box.xmax, one.box.ymax) for one in found]


LABELS: Final = ["LABEL_0", "LABEL_1", "LABEL_2"]
EVERYTHING: Final = "[simulator] everything"

CASES: Final = (
    Case("text-classification", lambda c: c.text_classification(TEXT), _labels, LABELS),
    Case(
        "text-classification",
        lambda c: c.text_classification(TEXT, top_k=1, function_to_apply="softmax"),
        len,
        1,
    ),
    Case(
        "token-classification",
        lambda c: c.token_classification(TEXT, aggregation_strategy="simple"),
        lambda found: [(one.word, one.start, one.end) for one in found],
        [("Ada", 0, 3), ("London", 13, 19)],
    ),
    Case(
        "zero-shot-classification",
        lambda c: c.zero_shot_classification(TEXT, ["yes", "no"], multi_label=True),
        _labels,
        ["no", "yes"],
    ),
    Case(
        "fill-mask",
        lambda c: c.fill_mask("Paris is the [MASK].", top_k=2),
        lambda found: [(one.sequence, one.token, one.token_str) for one in found],
        [("Paris is the answer.", 1001, "answer"), ("Paris is the thing.", 1002, "thing")],
    ),
    Case(
        "question-answering",
        lambda c: c.question_answering(question="Who?", context=TEXT),
        lambda found: (found.answer, found.start, found.end),
        ("Ada", 0, 3),
    ),
    Case(
        "table-question-answering",
        lambda c: c.table_question_answering({"city": ["London", "Paris"]}, "Where?"),
        lambda found: (found.answer, found.coordinates, found.cells),
        ("London", [[0, 0]], ["London"]),
    ),
    Case(
        "summarization",
        lambda c: c.summarization(TEXT, clean_up_tokenization_spaces=True),
        lambda found: found.summary_text,
        f"[simulator] {TEXT}",
    ),
    Case(
        "translation",
        lambda c: c.translation(TEXT, src_lang="en", tgt_lang="de"),
        lambda found: found.translation_text,
        f"[simulator] {TEXT}",
    ),
    Case(
        "feature-extraction",
        lambda c: c.feature_extraction(TEXT, normalize=True),
        _array,
        ("float32", (1, 8), 1.0),
    ),
    Case(
        "sentence-similarity",
        lambda c: c.sentence_similarity(TEXT, other_sentences=[TEXT, "Else"]),
        lambda found: (len(found), found[0]),
        (2, 1.0),
    ),
    Case(
        "text-generation",
        lambda c: c.text_generation(TEXT, max_new_tokens=4),
        str,
        "[simulator] No",
    ),
    Case(
        "text-generation",
        lambda c: c.text_generation(TEXT, details=True),
        lambda found: (found.details.finish_reason, found.generated_text[:11]),
        ("eos_token", "[simulator]"),
    ),
    Case(
        "tabular-classification",
        lambda c: c.tabular_classification({"a": ["1", "2"]}),
        len,
        2,
    ),
    Case("image-classification", lambda c: c.image_classification(IMAGE), _labels, LABELS),
    Case(
        "image-classification",
        lambda c: c.image_classification(IMAGE, top_k=2),
        len,
        2,
    ),
    Case("object-detection", lambda c: c.object_detection(IMAGE), _box, [(EVERYTHING, 6, 4)]),
    Case(
        "object-detection",
        lambda c: c.object_detection(IMAGE, threshold=0.5),
        _box,
        [(EVERYTHING, 6, 4)],
    ),
    Case(
        "image-segmentation",
        lambda c: c.image_segmentation(IMAGE, threshold=0.5),
        lambda found: [(one.label, one.mask.size) for one in found],
        [(EVERYTHING, (6, 4))],
    ),
    Case(
        "image-to-text",
        lambda c: c.image_to_text(IMAGE),
        lambda found: found.generated_text,
        "[simulator] An image of 6 x 4 pixels.",
    ),
    Case(
        "document-question-answering",
        lambda c: c.document_question_answering(IMAGE, "What?", top_k=1),
        _answer,
        "[simulator] a page",
    ),
    Case(
        "visual-question-answering",
        lambda c: c.visual_question_answering(IMAGE, "What?"),
        _answer,
        "[simulator] What?",
    ),
    Case(
        "zero-shot-image-classification",
        lambda c: c.zero_shot_image_classification(IMAGE, ["cat", "dog"]),
        _labels,
        ["cat", "dog"],
    ),
    Case(
        "text-to-image",
        lambda c: c.text_to_image("a cat", width=32, height=16),
        lambda found: (found.format, found.size),
        ("PNG", (32, 16)),
    ),
    Case("image-to-image", lambda c: c.image_to_image(IMAGE), lambda found: found.format, "PNG"),
    Case(
        "image-to-image",
        lambda c: c.image_to_image(IMAGE, prompt="a dog", target_size={"width": 8, "height": 9}),
        lambda found: found.size,
        (8, 9),
    ),
    Case("audio-classification", lambda c: c.audio_classification(SOUND), _labels, LABELS),
    Case("audio-classification", lambda c: c.audio_classification(SOUND, top_k=1), len, 1),
    Case(
        "automatic-speech-recognition",
        lambda c: c.automatic_speech_recognition(SOUND),
        lambda found: found.text,
        "[simulator] 3 s of sound.",
    ),
    Case(
        "automatic-speech-recognition",
        lambda c: c.automatic_speech_recognition(SOUND, extra_body={"return_timestamps": True}),
        lambda found: found.chunks[0].timestamp,
        [0.0, 3.0],
    ),
    Case(
        "audio-to-audio",
        lambda c: c.audio_to_audio(SOUND),
        lambda found: [(one.label, one.blob[:4]) for one in found],
        [("speech_0", b"RIFF")],
    ),
    Case(
        "text-to-speech",
        lambda c: c.text_to_speech("Hello", do_sample=True),
        lambda found: found[:4],
        b"RIFF",
    ),
)
