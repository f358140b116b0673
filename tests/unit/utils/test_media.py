"""What bytes are, and how large pictures are."""

import io

import pytest
from hypothesis import given, strategies as st
from PIL import Image

from app.simulator.tasks.files import mp4, png, wav
from app.utils.media import Size, image_size, is_cut_picture, is_known, is_text, media_type_of

FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
}


def picture(kind: str, size: tuple[int, int], **options: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, kind, **options)
    return data.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (37, 5), (640, 481)])
def test_a_picture_of_any_format_tells_its_size(kind: str, size: tuple[int, int]) -> None:
    data = picture(kind, size)

    assert media_type_of(data) == FORMATS[kind]
    assert image_size(data) == size


def test_a_picture_without_losses_tells_its_size() -> None:
    assert image_size(picture("WEBP", (33, 44), lossless=True)) == (33, 44)


def box(name: bytes, *inner: bytes) -> bytes:
    body = b"".join(inner)
    return (8 + len(body)).to_bytes(4, "big") + name + body


def heic(*sizes: tuple[int, int], brand: bytes = b"heic") -> bytes:
    """Return the boxes in which HEIC keeps sizes, without a picture."""
    full = bytes(4)
    items = [box(b"ispe", full, *(side.to_bytes(4, "big") for side in size)) for size in sizes]
    properties = box(b"iprp", box(b"ipco", box(b"hvcC", b"x"), *items), box(b"ipma", full))
    meta = box(b"meta", full, box(b"hdlr", bytes(24)), properties)
    return box(b"ftyp", brand, full, b"mif1") + meta + box(b"mdat", b"...")


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_of_tiles_and_thumbnails_the_whole_picture_counts(brand: bytes) -> None:
    data = heic((512, 512), (4032, 3024), (320, 240), brand=brand)

    assert image_size(data) == (4032, 3024)


def test_a_box_of_a_long_length_and_one_to_the_end_are_read() -> None:
    meta = heic((7, 5)).partition(b"meta")[2].partition(b"\0\0\0\x0bmdat")[0]
    long = (1).to_bytes(4, "big") + b"meta" + (16 + len(meta)).to_bytes(8, "big") + meta
    rest = bytes(4) + b"meta" + meta

    for one in (long, rest):
        assert image_size(box(b"ftyp", b"heic") + one) == (7, 5)


def test_boxes_without_a_size_tell_none() -> None:
    assert image_size(heic()) is None
    assert image_size(box(b"ftyp", b"heic") + box(b"meta", b"xxxx", bytes(9))) is None


def test_a_jpeg_with_much_before_its_size_tells_it() -> None:
    data = picture("JPEG", (12, 34), progressive=True, exif=b"Exif\0\0" + bytes(60_000))

    assert image_size(data) == Size(12, 34)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_is_cut_tells_nothing_and_breaks_nothing(kind: str) -> None:
    data = picture(kind, (40, 30))

    for length in range(min(len(data), 600)):
        assert image_size(data[:length]) in {None, Size(40, 30)}


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=200))
def test_no_bytes_break_a_reader(kind: str, rest: bytes) -> None:
    found = image_size(picture(kind, (3, 3))[:16] + rest)

    assert found is None or min(found) > 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (wav(1), "audio/wav"),
        (mp4(1), "video/mp4"),
        (b"\0\0\0\x20ftypM4A " + bytes(20), "audio/mp4"),
        (b"\0\0\0\x20ftypavif" + bytes(20), "image/avif"),
        (b"fLaC\0", "audio/flac"),
        (b"OggS\0", "audio/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf1\x50", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"{}", None),
        (b"<svg/>", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(data: bytes, kind: str | None) -> None:
    assert media_type_of(data) == kind


def test_made_up_pictures_are_real_ones() -> None:
    with Image.open(io.BytesIO(png(21, 9))) as opened:
        opened.load()
        assert opened.size == (21, 9)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_without_its_end_is_cut(kind: str) -> None:
    data = picture(kind, (40, 30))

    assert not is_cut_picture(data)
    assert not is_cut_picture(data + b"\0")
    assert is_cut_picture(data[:-4].removesuffix(b";"))


def test_what_is_no_picture_is_no_cut_one() -> None:
    assert not is_cut_picture(wav(1)[:20])
    assert not is_cut_picture(b"")


def test_a_type_is_known_where_its_first_bytes_are() -> None:
    assert is_known("image/png")
    assert is_known("video/mp4")
    assert not is_known("image/jxl")


@pytest.mark.parametrize("data", [b"", b"{}", b"<html>\r\n"])
def test_words_are_a_text(data: bytes) -> None:
    assert is_text(data)
    assert not is_text(data + b"\0")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff" * 20_000 + picture("JPEG", (12, 34))[2:],
        box(b"ftyp", b"heic") + box(b"free") * 10_000 + heic((7, 5))[20:],
    ],
    ids=["jpeg", "heic"],
)
def test_a_size_behind_countless_pieces_is_not_looked_for(data: bytes) -> None:
    assert image_size(data) is None
