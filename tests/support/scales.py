"""The same ratings in other units."""

from dataclasses import replace

import pmf_core as pmf

SCALES = {"0..1": (0.0, 1.0), "0..100": (0.0, 100.0), "-10..10": (-10.0, 10.0)}


def on_scale(split, low, high):
    """Return the same ratings on another scale: a straight line from the ends of 1 to 5."""

    def moved(part):
        rating = low + (part.rating - 1) / 4 * (high - low)
        return replace(part, rating=rating, scale=(low, high), unit=None)

    return pmf.Split(moved(split.train), moved(split.test))
