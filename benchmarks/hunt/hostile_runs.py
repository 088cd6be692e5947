"""Hostile runs: HDF5 files that point out of themselves, declare too much, or never end.

A file with a secret lies beside them; its bytes must be in nothing that is stored or shown. Run
with ``python -m benchmarks.hunt.hostile_runs --rounds 100``.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from benchmarks.hunt.damaged_runs import Altered
from benchmarks.hunt.fits import show, small_fit, stored, try_file
from benchmarks.hunt.isolated import Tally, main
from pmf_core.fits.files import fit_bytes
from pmf_core.runs.store import RunStore

SECRET = b"root:x:0:0:the secret of this server:" * 400

Hostile = Callable[[h5py.File, Path, np.random.Generator], None]


def hunt(rounds: int, seed: int) -> dict[str, int]:
    """Put hostile files among the runs, and import them, one of each kind after the other."""
    rng, tally = np.random.default_rng(seed), Tally(foreign_bytes=0)
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        show(store, store.add(small_fit("best"), "mine"))
    for number in range(rounds):
        spoil = KINDS[number % len(KINDS)]
        with tempfile.TemporaryDirectory() as folder:
            secret = Path(folder) / "secret"
            secret.write_bytes(SECRET)
            content = hostile(spoil, secret, rng)

            def attempt() -> str:
                return try_file(
                    Path(folder), content, lambda fit: SECRET[:24] not in bytes(fit_bytes(fit))
                )

            tally["foreign_bytes"] += tally.watch(attempt) == "wrong_values"
            stored_there = Path(folder, "imported").glob("*.nc")
            tally["foreign_bytes"] += any(SECRET[:24] in path.read_bytes() for path in stored_there)
    return dict(tally)


def hostile(spoil: Hostile, secret: Path, rng: np.random.Generator) -> bytes:
    """Return a stored run with something hostile in it, sealed as if nothing were."""
    with Altered(stored("best")) as opened:
        spoil(opened, secret, rng)
        return opened.done()


def array(opened: h5py.File, rng: np.random.Generator) -> tuple[h5py.Group, str, tuple, np.dtype]:
    """Take an array of numbers out of a file; return its place, name, shape and type."""
    names = ("posterior/U", "posterior/V", "heldout/pred_mean", "observed_data/rating",
             "predictions/prediction", "running/test_rmse")  # fmt: skip
    group, name = rng.choice(names).split("/")
    shape, dtype = opened[group][name].shape, opened[group][name].dtype
    del opened[group][name]
    return opened[group], name, shape, dtype


def external_storage(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Store an array in another file."""
    group, name, shape, dtype = array(opened, rng)
    size = int(np.prod(shape)) * dtype.itemsize
    group.create_dataset(name, shape, dtype, external=[(str(secret), 0, size)])


def external_text(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Store the titles in another file, as texts of a fixed length."""
    group, n = opened["constant_data"], len(opened["constant_data/title"])
    del group["title"]
    group.create_dataset("title", (n,), "S32", external=[(str(secret), 0, 32 * n)])


def external_link(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Link an array of another HDF5 file."""
    group, name, shape, dtype = array(opened, rng)
    other = secret.with_name("other.h5")
    with h5py.File(other, "w") as file:
        values = np.resize(np.frombuffer(SECRET[: len(SECRET) // 8 * 8], dtype), shape)
        file.create_dataset(name, data=values)
    group[name] = h5py.ExternalLink(str(other), name)


def external_group(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Link a group of another HDF5 file."""
    other = secret.with_name("other.h5")
    other.write_bytes(stored("best"))
    group = rng.choice(sorted(opened))
    del opened[group]
    opened[group] = h5py.ExternalLink(str(other), group)


def soft_link(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Link an array, or nothing, by its path."""
    group, name, *_ = array(opened, rng)
    group[name] = h5py.SoftLink(rng.choice(["/heldout/rating", "/nowhere", f"{group.name}/{name}"]))


def virtual(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Compose an array of parts of another file."""
    group, name, shape, dtype = array(opened, rng)
    layout = h5py.VirtualLayout(shape, dtype)
    layout[...] = h5py.VirtualSource(str(secret.with_name("other.h5")), name, shape, dtype)
    group.create_virtual_dataset(name, layout)


def cycle(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Put a group into itself, or the root into a group."""
    group = opened[rng.choice(sorted(opened))]
    group[rng.choice(["again", "loop"])] = group if rng.random() < 0.5 else opened["/"]


def twice(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Give one array two names."""
    group, name, *_ = array(opened, rng)
    group[name] = opened["heldout/noise_sd"]


def nested(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Nest a thousand empty groups."""
    group = opened[rng.choice(sorted(opened))]
    for _ in range(1000):
        group = group.create_group("g")


def crowd(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Put hundreds of groups, arrays or attributes beside each other."""
    group = opened[rng.choice(sorted(opened))]
    match rng.integers(3):
        case 0:
            for number in range(600):
                group.create_group(str(number))
        case 1:
            for number in range(600):
                group.create_dataset(str(number), data=1.0)
        case _:
            for number in range(300):
                group.attrs[str(number)] = number


def declared(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Declare terabytes that are nowhere stored."""
    group, name, shape, dtype = array(opened, rng)
    huge = (10**6, *shape[1:-1], 10**6) if len(shape) > 1 else (10**12,)
    chunks = tuple(min(100, n) for n in huge) if rng.random() < 0.5 else None
    group.create_dataset(name, huge, dtype, chunks=chunks)


def bomb(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Compress zeros to a thousandth of their size."""
    group, name, shape, dtype = array(opened, rng)
    shape = (*shape[:-1], 200_000)
    group.create_dataset(name, shape, dtype, data=np.zeros(shape, dtype), compression="gzip")


def one_text_for_all(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Let every title be the same long text, stored once."""
    group, n = opened["constant_data"], len(opened["constant_data/title"])
    del group["title"]
    text = "x" * int(rng.choice([3_000, 50_000, 1_000_000]))
    made = group.create_dataset("title", data=[text] * n, dtype=h5py.string_dtype())
    at = made.id.get_offset()
    opened.flush()
    content = bytearray(opened.memory.getvalue())
    content[at : at + 16 * n] = content[at : at + 16] * n
    opened.memory.seek(0)
    opened.memory.write(content)


def long_attribute(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Give an attribute a text, or numbers, without end."""
    name = rng.choice(["name", "left_out", "levels", "created"])
    value = np.zeros(7000) if name == "levels" else "y" * 5_000_000
    opened.attrs[name] = value


def odd_type(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Store an array as references, pairs, raw bytes, a list of lists, or a named type."""
    group, name, shape, dtype = array(opened, rng)
    match rng.integers(7):
        case 0:
            group.create_dataset(name, shape, h5py.ref_dtype)
        case 1:
            group.create_dataset(name, shape, h5py.regionref_dtype)
        case 2:
            group.create_dataset(name, shape, [("a", "f4"), ("b", "S8")])
        case 3:
            group.create_dataset(name, shape, "V16")
        case 4:
            group.create_dataset(name, shape, h5py.vlen_dtype(np.float32))
        case 5:
            group.create_dataset(name, shape, h5py.enum_dtype({"a": 1}))
        case _:
            opened["constant_data/kind"] = np.dtype("f4")
            group.create_dataset(name, shape, opened["constant_data/kind"])


def filtered(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Store an array through a filter."""
    group, name, shape, dtype = array(opened, rng)
    how = rng.choice(["lzf", "gzip"])
    group.create_dataset(name, data=np.ones(shape, dtype), compression=how, shuffle=True)


def decoded(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Ask a reader to scale, to fill or to take numbers for dates."""
    name, value = [("scale_factor", 1e300), ("units", "days since 0001-01-01"), ("dtype", "bool")][
        rng.integers(3)
    ]
    opened["heldout/rating"].attrs[name] = value


def beyond(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Point at users, items, effects and pairs that are not there."""
    places = ("constant_data/user_idx", "constant_data/effect_idx", "heldout/item_idx",
              "predictions/pair", "posterior/draw")  # fmt: skip
    opened[rng.choice(places)][..., 0] = rng.choice([-1, -(2**31), 10**6, 2**31 - 1])


def code(opened: h5py.File, secret: Path, rng: np.random.Generator) -> None:
    """Show people lines to run, or send their browsers somewhere."""
    name, value = [
        ("source", "__import__('os').system('id')"), ("split", "pmf.split_ratings(open('x'))"),
        ("name", "a\u202eb\nc"), ("name", "n" * 5000), ("sweep_x", "nothing"),
        ("owner", "somebody"), ("method", "vi"), ("levels", [1.0, 2.0]),
        ("config", "[" * 15_000), ("summary", json.dumps({"test_rmse": 10**400})),
    ][rng.integers(10)]  # fmt: skip
    opened.attrs[name] = value


KINDS: tuple[Hostile, ...] = (
    external_storage, external_text, external_link, external_group, soft_link, virtual, cycle,
    twice, nested, crowd, declared, bomb, one_text_for_all, long_attribute, odd_type, filtered,
    decoded, beyond, code,
)  # fmt: skip


if __name__ == "__main__":
    main(hunt, 100)
