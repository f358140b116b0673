"""Histograms of durations in whole milliseconds: sums of them are sums of integers.

Eight buckets for each doubling, so a value that is told from its bucket is at most 6 % away from
the true one. Below 16 ms each bucket holds one value; from 70 minutes on, all are in the last.

A histogram is one big integer of 32-bit lanes, a lane a bucket. Stored, it is three bytes and some
lanes: the first one that is not empty, how many bytes each takes, and how many there are.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from sys import byteorder
from typing import Final

RELATIVE_ERROR: Final = 0.06
FINE_BITS: Final = 3  # 2 ** 3 buckets for each doubling
DOUBLINGS: Final = 18  # beyond the buckets of one value
EXACT_BELOW: Final = 2 << FINE_BITS
LARGEST: Final = (EXACT_BELOW << DOUBLINGS) - 1
LAST_BUCKET: Final = ((DOUBLINGS + 2) << FINE_BITS) - 1

FIRST_LETTER: Final = 0x30  # that stands for the first bucket in a text of buckets

_BUCKETS: Final = LAST_BUCKET + 1
_LANE_BITS: Final = 32
_LANE_BYTES: Final = 4
_HEAD_BYTES: Final = 3


def bucket_of(value: int) -> int:
    """Return the bucket of a value."""
    clamped = min(max(value, 0), LARGEST)
    doublings = max(clamped.bit_length() - FINE_BITS - 1, 0)
    return (doublings << FINE_BITS) + (clamped >> doublings)


def from_values(values: Sequence[int]) -> int:
    """Return the histogram of some values."""
    return _from_counts(Counter(map(bucket_of, values)))


def from_letters(text: str) -> int:
    """Return the histogram of values whose buckets are letters, from `FIRST_LETTER` on."""
    return _from_counts({ord(letter) - FIRST_LETTER: n for letter, n in Counter(text).items()})


def percentiles(histogram: int, percents: Sequence[int]) -> list[int] | None:
    """Return for each percentage the value below or at which so much of all is.

    It is the value of nearest rank, within `RELATIVE_ERROR`. None where the histogram is empty.
    """
    if histogram == 0:
        return None
    passed = list(accumulate(_lanes(histogram)))
    wanted = (-(-passed[-1] * percent // 100) for percent in percents)
    return [_value_in(bisect_left(passed, count)) for count in wanted]


def pack(histogram: int) -> bytes:
    """Return the few bytes that keep a histogram."""
    counts = _lanes(histogram)
    used = [bucket for bucket, count in enumerate(counts) if count]
    if not used:
        return b""
    width = (max(counts).bit_length() + 7) // 8
    lanes = array("I", counts[used[0] : used[-1] + 1])
    raw = _little_endian(lanes).tobytes()
    kept = bytearray(len(lanes) * width)
    for place in range(width):
        kept[place::width] = raw[place::_LANE_BYTES]
    return bytes((used[0], width, len(lanes))) + kept


def unpack(kept: bytes) -> int:
    """Return the sum of all histograms that `pack` made bytes of, one after another."""
    found = at = 0
    while at < len(kept):
        width, count, start = kept[at + 1], kept[at + 2], at + _HEAD_BYTES
        end = start + count * width
        raw = bytearray(count * _LANE_BYTES)
        for place in range(width):
            raw[place::_LANE_BYTES] = kept[start + place : end : width]
        found += int.from_bytes(raw, "little") << kept[at] * _LANE_BITS
        at = end
    return found


def _from_counts(counts: Counter[int] | dict[int, int]) -> int:
    lanes = array("I", bytes(_BUCKETS * _LANE_BYTES))
    for bucket, count in counts.items():
        lanes[bucket] = count
    return int.from_bytes(_little_endian(lanes).tobytes(), "little")


def _lanes(histogram: int) -> "array[int]":
    return _little_endian(array("I", histogram.to_bytes(_BUCKETS * _LANE_BYTES, "little")))


def _little_endian(lanes: "array[int]") -> "array[int]":
    if byteorder == "big":
        lanes.byteswap()
    return lanes


def _value_in(bucket: int) -> int:
    """Return the value of a bucket that is relatively nearest to all that it may hold."""
    doublings = max((bucket >> FINE_BITS) - 1, 0)
    lowest = bucket - (doublings << FINE_BITS) << doublings
    highest = lowest + (1 << doublings) - 1
    return 2 * lowest * highest // (lowest + highest) if highest else 0


def edges() -> Iterator[tuple[int, int]]:
    """Yield for each doubling the first value that is beyond it, and its number."""
    for doublings in range(DOUBLINGS + 1):
        yield EXACT_BELOW << doublings, doublings
