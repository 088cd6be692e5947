"""Damaged runs: cut off, with flipped bits, with one field wrong; none may pass for another.

Run with ``python -m benchmarks.hunt.damaged_runs --rounds 1000``.
"""

import hashlib
import json
import tempfile
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np

from benchmarks.hunt.fits import show, small_fit, stored, try_file
from benchmarks.hunt.isolated import Tally, main
from pmf_core.fits.seal import sealed
from pmf_core.runs.store import RunStore

PRESETS = ("pmf", "best", "logistic")

IMPORTS = 10
"""Every so many files are imported, too, which takes seconds: in a process of its own."""


def hunt(rounds: int, seed: int) -> dict[str, int]:
    """Damage a stored run in `rounds` ways; list, open, show and import it each time."""
    rng, tally = np.random.default_rng(seed), Tally()
    truths = {preset: _truth(preset) for preset in PRESETS}
    for number in range(rounds):
        preset = PRESETS[number % len(PRESETS)]
        damage = (cut, flip, flip, blank, wrong_attribute, wrong_array)[number % 6]
        content = damage(stored(preset), rng)
        truth = truths[preset] if damage in (cut, flip, blank) else None
        with tempfile.TemporaryDirectory() as folder:

            def attempt() -> str:
                return try_file(
                    Path(folder), content,
                    lambda fit: truth is None or _content(fit.idata) == truth,
                    imports=number % IMPORTS == 0,
                )  # fmt: skip

            tally.watch(attempt)
    return dict(tally)


def _content(tree: object) -> str:
    """Return a digest of the arrays, and of the attributes but those of a store."""
    found = hashlib.sha256(f"{tree.attrs['config']} {tree.attrs['summary']}".encode())
    for group in sorted(tree.children):
        for name, array in sorted(tree[group].dataset.variables.items()):
            values = array.values
            plain = repr(values.tolist()).encode() if values.dtype == object else values.tobytes()
            found.update(f"{group}/{name} {array.dims}".encode() + plain)
    return found.hexdigest()


def _truth(preset: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        # Shown once, so that what is imported and compiled for it is there for every try.
        return _content(show(store, store.add(small_fit(preset), "mine")).idata)


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    """End the file too soon."""
    return content[: rng.integers(len(content))]


def flip(content: bytes, rng: np.random.Generator) -> bytes:
    """Flip one bit, or a few."""
    damaged = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 5])):
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
    return bytes(damaged)


def blank(content: bytes, rng: np.random.Generator) -> bytes:
    """Blank a sector of the disk."""
    at = 512 * rng.integers(len(content) // 512)
    return content[:at] + bytes(512) + content[at + 512 :]


NONSENSE = ("", "x", "[1", "{}", "null", "vi", -1, 0, 1e300, float("nan"), [1.0, 2.0], [3.0, 1.0],
            [[1]], '{"a": NaN}', "2026", 10**18, "\x00", "![x](http://x)", "a" * 9000)  # fmt: skip


def wrong_attribute(content: bytes, rng: np.random.Generator) -> bytes:
    """Remove an attribute, or give it a value that it never has."""
    with Altered(content) as opened:
        name = rng.choice(sorted(opened.attrs))
        kind = rng.integers(3)
        if kind == 0:
            del opened.attrs[name]
        elif kind == 1 and isinstance(opened.attrs[name], str) and opened.attrs[name][:1] == "{":
            inner = json.loads(opened.attrs[name])
            inner[rng.choice(sorted(inner))] = NONSENSE[rng.integers(len(NONSENSE))]
            opened.attrs[name] = json.dumps(inner)
        else:
            value = NONSENSE[rng.integers(len(NONSENSE))]
            opened.attrs[name] = value if not isinstance(value, str) else value.replace("\x00", "")
        return opened.done()


def wrong_array(content: bytes, rng: np.random.Generator) -> bytes:
    """Remove an array, or give it a wrong shape, type or value."""
    with Altered(content) as opened:
        group = opened[rng.choice(sorted(opened))]
        name = rng.choice(sorted(group))
        values = group[name][...]
        is_text = values.dtype == object
        match rng.integers(6):
            case 0:
                del group[name]
                return opened.done()
            case 1:
                values = np.repeat(values, 2, axis=0)
            case 2:
                values = values.astype(rng.choice(["S4", "i1", "f8", "u8", "c8"]))
            case 3 if not is_text and values.size:
                bad = np.array(rng.choice([-1.0, 1e6, np.nan, np.inf, 1e300, 0.0]), "f8")
                with np.errstate(all="ignore"):
                    values.flat[rng.integers(values.size)] = bad.astype(values.dtype)
            case 4:
                values = values[..., None]
            case _:
                values = np.zeros_like(values) if not is_text else np.full_like(values, b"same")
        del group[name]
        group.create_dataset(name, data=values, dtype=h5py.string_dtype() if is_text else None)
        return opened.done()


class Altered(h5py.File):
    """A file in memory to be changed; `done` returns it with a seal, which anybody can make."""

    def __init__(self, content: bytes) -> None:
        self.memory = BytesIO(content)
        super().__init__(self.memory, "r+")

    def done(self) -> bytes:
        """Close the file and return its bytes."""
        self.close()
        return sealed(self.memory.getvalue())


if __name__ == "__main__":
    main(hunt, 1000)
