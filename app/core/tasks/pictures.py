"""Tasks that read pictures, or make them."""

from typing import Any, Final, Literal

from app.core.tasks.answers import Depth, Detected, Found, Generated, Label, Masks, Seen, Segment
from app.core.tasks.files import PIXEL, Image, Kind
from app.core.tasks.shapes import as_list, only_item
from app.core.tasks.task import (
    Closed,
    Generation,
    Labels,
    Number,
    Scores,
    Switch,
    Task,
    Text,
    Whole,
    for_each,
    pixels,
)
from app.core.tasks.units import Unit


class PictureQuestion(Closed):
    """A picture, and what is asked about it."""

    image: Image
    question: Text


class Picture(Closed):
    """A picture, as Hugging Face's JavaScript client sends some."""

    image: Image


class Size(Closed):
    """How large a picture is to be, in pixels."""

    width: Whole
    height: Whole


_MAKING: Final[dict[str, Any]] = {
    "guidance_scale": Number,
    "negative_prompt": str,
    "num_inference_steps": Whole,
    "seed": Whole,
}
_CHANGING: Final[dict[str, Any]] = {**_MAKING, "prompt": str, "target_size": Size}
_LABELLING: Final[dict[str, Any]] = {"function_to_apply": Scores, "top_k": Whole}
_ASKING: Final[dict[str, Any]] = {
    "doc_stride": Whole,
    "handle_impossible_answer": Switch,
    "lang": str,
    "max_answer_len": Whole,
    "max_question_len": Whole,
    "max_seq_len": Whole,
    "top_k": Whole,
    "word_boxes": list[Any],
}

PICTURES: Final = (
    Task(
        name="image-classification",
        summary="Labels a picture.",
        example="google/vit-base-patch16-224",
        raw=Kind.IMAGE,
        parameters=_LABELLING,
        answer=list[Label],
        reads=Unit.PIXEL,
        python="image_classification",
        javascript="imageClassification",
    ),
    Task(
        name="image-segmentation",
        summary="Says which parts of a picture show what.",
        example="jonathandinu/face-parsing",
        raw=Kind.IMAGE,
        parameters={
            "mask_threshold": Number,
            "overlap_mask_area_threshold": Number,
            "subtask": Literal["instance", "panoptic", "semantic"],
            "threshold": Number,
        },
        answer=list[Segment],
        reads=Unit.PIXEL,
        python="image_segmentation",
        javascript="imageSegmentation",
    ),
    Task(
        name="mask-generation",
        summary="Cuts a picture into the things on it, without names for them.",
        example="facebook/sam-vit-base",
        raw=Kind.IMAGE,
        parameters={
            "points_per_batch": Whole,
            "mask_threshold": Number,
            "pred_iou_thresh": Number,
            "stability_score_thresh": Number,
        },
        answer=Masks,
        reads=Unit.PIXEL,
    ),
    Task(
        name="object-detection",
        summary="Finds things in a picture.",
        example="facebook/detr-resnet-50",
        raw=Kind.IMAGE,
        parameters={"threshold": Number},
        answer=list[Detected],
        reads=Unit.PIXEL,
        python="object_detection",
        javascript="objectDetection",
    ),
    Task(
        name="zero-shot-object-detection",
        summary="Finds things of the caller's own names in a picture.",
        example="google/owlvit-base-patch32",
        sample={"inputs": PIXEL, "parameters": {"candidate_labels": ["cat", "dog"]}},
        inputs=Image,
        parameters={"candidate_labels": Labels, "threshold": Number},
        needs=("candidate_labels",),
        answer=list[Detected],
        reads=Unit.PIXEL,
    ),
    Task(
        name="zero-shot-image-classification",
        summary="Labels a picture with labels of the caller's own.",
        example="openai/clip-vit-large-patch14-336",
        sample={"inputs": PIXEL, "parameters": {"candidate_labels": ["cat", "dog"]}},
        inputs=Image | Picture,
        parameters={"candidate_labels": Labels, "hypothesis_template": str},
        needs=("candidate_labels",),
        answer=list[Label],
        reads=Unit.PIXEL,
        python="zero_shot_image_classification",
        javascript="zeroShotImageClassification",
    ),
    Task(
        name="image-to-text",
        summary="Says what a picture shows.",
        example="Salesforce/blip-image-captioning-large",
        raw=Kind.IMAGE,
        parameters={"max_new_tokens": Whole, "generation_parameters": Generation},
        answer=list[Generated] | Generated,
        reads=Unit.PIXEL,
        writes=Unit.CHARACTER,
        written=("generated_text",),
        most=for_each(0, besides=16_384),
        python="image_to_text",
        javascript="imageToText",
        in_python=as_list,
        in_javascript=only_item,
    ),
    Task(
        name="depth-estimation",
        summary="Says how far everything in a picture is.",
        example="Intel/dpt-large",
        raw=Kind.IMAGE,
        answer=Depth,
        reads=Unit.PIXEL,
    ),
    Task(
        name="document-question-answering",
        summary="Finds the answer to a question on a page.",
        example="impira/layoutlm-document-qa",
        sample={"inputs": {"image": PIXEL, "question": "What is the sum?"}},
        inputs=PictureQuestion,
        parameters=_ASKING,
        answer=list[Found],
        reads=Unit.PIXEL,
        python="document_question_answering",
        javascript="documentQuestionAnswering",
    ),
    Task(
        name="visual-question-answering",
        summary="Answers a question about a picture.",
        example="dandelin/vilt-b32-finetuned-vqa",
        sample={"inputs": {"image": PIXEL, "question": "What is this?"}},
        inputs=Image | PictureQuestion,
        root={"image": Image, "question": Text},
        parameters={"top_k": Whole},
        answer=list[Seen],
        reads=Unit.PIXEL,
        python="visual_question_answering",
        javascript="visualQuestionAnswering",
    ),
    Task(
        name="text-to-image",
        summary="Draws what a text says.",
        example="black-forest-labs/FLUX.1-schnell",
        sample={"inputs": "A cat in a hat", "parameters": {"width": 512, "height": 512}},
        inputs=Text,
        parameters={**_MAKING, "width": Whole, "height": Whole, "scheduler": str},
        answer=Kind.IMAGE,
        reads=Unit.CHARACTER,
        writes=Unit.PIXEL,
        most=pixels,
        python="text_to_image",
        javascript="textToImage",
    ),
    Task(
        name="image-to-image",
        summary="Makes another picture of a picture.",
        example="timbrooks/instruct-pix2pix",
        sample={"inputs": PIXEL, "parameters": {"prompt": "in winter"}},
        raw=Kind.IMAGE,
        parameters=_CHANGING,
        answer=Kind.IMAGE,
        reads=Unit.PIXEL,
        writes=Unit.PIXEL,
        most=pixels,
        python="image_to_image",
        javascript="imageToImage",
    ),
    Task(
        name="image-text-to-image",
        summary="Makes a picture of a text, and of a picture where there is one.",
        example="black-forest-labs/FLUX.1-Kontext-dev",
        sample={"inputs": PIXEL, "parameters": {"prompt": "in winter"}},
        raw=Kind.IMAGE,
        inputs=Image | None,
        parameters=_CHANGING,
        needs_one_of=("inputs", "parameters"),
        answer=Kind.IMAGE,
        reads=Unit.PIXEL,
        writes=Unit.PIXEL,
        most=pixels,
        javascript="imageTextToImage",
        no_url=("javascript",),
    ),
)
