"""Tables that people, programs and accidents make, at random: each is named by a seed and a number.

Most are nearly right, since what is wrong throughout is refused at the first row.
"""

import gzip
from collections.abc import Callable

import numpy as np

SEPARATORS = (",", "\t", ";", "|", "::", " ")
ENDS = ("\n", "\n", "\r\n", "\r", "\n\n", "\n\r")
ENCODINGS = (
    *("utf-8",) * 12, "utf-8-sig", "utf-8-sig", "utf-16", "utf-16", "latin-1", "latin-1", "cp1252",
    "cp437", "utf-16-le", "utf-32",
)  # fmt: skip
HEADERS = (
    *(("user", "item", "rating"),) * 9, ("userId", "movieId", "rating"),
    ("User-ID", "ISBN", "Score"), ("user_id:token", "item_id:token", "rating:float"),
    ("item", "user", "rating"), ("a", "b", "c"), ("rating", "user", "item"),
    ("user", "user", "rating"), ("user", "item", "rat,ing"),
)  # fmt: skip
EXTRA = ("timestamp", "title", "age", "year", "zip", "review", "genre", "mood", "job", "place")
NUMBERS = (
    "", " ", "nan", "inf", "-Infinity", "1e308", "-1e308", "1e150", "1e999", "5e-324", "1e-320",
    "880000000", "880000000000", "20010101", "1_000", "0x10", "１", "1,000", "1.000", "1.000,5",
    "3,5", "-0", "+4", "4.", ".5", "1e0", "1E+0", "True", "None", "NULL", "--", "4 stars", "½", "٣",
    "e4", "999999", "1e6", "1000001", "0.0001", "-1", "99", "3.0000000001", "=1+2", "$4", "4%",
    "4e",
)  # fmt: skip
NAMES = (
    "", " ", "-0", "0", "00", "007", "1.0", "1e3", "0x10", "１", "+1", "9" * 30, "-" + "9" * 19,
    str(2**63), "é", "e\u0301", "a\u200b", "a\u202eb", "\u2066x", "\ufeff1", "\ufffd", "😀" * 9,
    "\x1b[31m", "a\x00b", "a\tb", "a\nb", "a\r\nb", "x" * 1000, "x" * 1001, "x" * 99_000, '"', '""',
    '"a', 'a"', "\\", '\\"', "'", "=cmd()", "<script>", "![x](http://localhost/x)", "$x$", "user",
    "nan", "None", "inf", "\x85", "\x1f", "::", "a::b", ";", "|", ",", "{}", "%s",
    "\udc80", "\u2028",
)  # fmt: skip
DATES = (
    "", "0", "978300760", "978300760000", "1e18", "-1", "2001-01-01", "2001-13-45", "May", "38354",
    "2001-01-01T00:00:05+25:00", "9999-12-31", "0001-01-01", "1e308", "nan", "20050906",
    "99999-1-1",
)  # fmt: skip


def make_table(seed: int, number: int) -> bytes:
    """Return the table of this number, equal for equal arguments."""
    rng = np.random.default_rng((seed, number))
    shapes: tuple[tuple[Callable[[np.random.Generator], bytes], float], ...] = (
        (_table, 0.5), (_damaged, 0.2), (_packed, 0.1), (_quoted, 0.1), (_noise, 0.06),
        (_large, 0.04),
    )  # fmt: skip
    [shape] = rng.choice(len(shapes), 1, p=[share for _, share in shapes])
    return shapes[shape][0](rng)


def _pick(rng: np.random.Generator, values: tuple) -> object:
    return values[rng.integers(len(values))]


def _table(rng: np.random.Generator) -> bytes:
    text = _rows(rng, _pick(rng, SEPARATORS[:5] if rng.random() < 0.95 else SEPARATORS))
    return text.encode(str(_pick(rng, ENCODINGS)), errors="replace")


def _rows(rng: np.random.Generator, separator: str) -> str:
    n_rows = int(rng.choice([2, 5, 30, 300, 3000], p=[0.1, 0.2, 0.4, 0.28, 0.02]))
    n_users, n_items = rng.integers(1, 40, 2)
    cell = rng.permutation(max(n_rows, n_users * n_items))[:n_rows]
    kind, scale = (
        rng.integers(4),
        float(rng.choice([1, 0.5, 10, 1e-3, 1e5, 1e-310], p=[0.8, 0.1, 0.04, 0.02, 0.02, 0.02])),
    )
    extra = [str(name) for name in rng.permutation(EXTRA)[: rng.integers(4) * (rng.random() < 0.6)]]
    if extra and rng.random() < 0.05:
        extra.append(extra[0])
    start, lines = rng.integers(9e8), []
    for k in cell:
        user, item = int(k // n_items), int(k % n_items)
        names = [(user, item), (f"u{user}", f"i{item}"), (f"{user}.0", item), (f"{user:04}", item)]
        rating = scale * rng.integers(1, 6) if scale != 1 else int(rng.integers(1, 6))
        row = [*names[kind], rating, *(_value(rng, name, user, item, start) for name in extra)]
        lines.append([str(value) for value in row])
    for _ in range(int(rng.choice([0, 0, 0, 1, 3]))):  # a few cells are odd
        row = lines[rng.integers(len(lines))]
        at = rng.integers(len(row))
        row[at] = str(_pick(rng, (NAMES, NAMES, NUMBERS, DATES)[min(at, 3)]))
    header = [*_pick(rng, HEADERS), *extra]
    if rng.random() < 0.7:
        lines.insert(0, header)
    if rng.random() < 0.05:
        lines.insert(rng.integers(len(lines) + 1), header)
    if rng.random() < 0.05:  # a row too short or too long
        row = lines[rng.integers(len(lines))]
        row[:] = row[:2] if rng.random() < 0.5 else [*row, "1"]
    if separator == ";" and rng.random() < 0.5:
        lines = [[value.replace(".", ",") for value in row] for row in lines]
    if rng.random() < 0.3:
        lines = [['"' + value.replace('"', '""') + '"' for value in row] for row in lines]
    end = str(_pick(rng, ENDS))
    return end * rng.integers(2) + end.join(separator.join(row) for row in lines) + end


def _value(rng: np.random.Generator, name: str, user: int, item: int, start: int) -> object:
    match name:
        case "timestamp":
            return start + int(rng.integers(1e6)) if rng.random() < 0.999 else _pick(rng, DATES)
        case "title" | "genre":
            return f"Film {item}"
        case "year":
            return 1950 + item if rng.random() < 0.99 else _pick(rng, NUMBERS)
    return 18 + user if rng.random() < 0.99 else _pick(rng, NUMBERS)


def _damaged(rng: np.random.Generator) -> bytes:
    raw = bytearray(_table(rng))
    for _ in range(rng.integers(1, 6)):
        at, length = int(rng.integers(len(raw) + 1)), int(rng.integers(1, 60))
        match rng.integers(5):
            case 0:
                raw[at : at + length] = b""
            case 1:
                raw[at:at] = raw[at : at + length] * int(rng.integers(1, 50))
            case 2:
                raw[at:at] = rng.bytes(int(rng.integers(1, 4)))
            case 3:
                raw[at : at + 1] = bytes([rng.choice(list(b'",;\n\r\t|:\\\x00\x1a -+.e'))])
            case 4:
                del raw[at:]
    return bytes(raw)


def _packed(rng: np.random.Generator) -> bytes:
    raw = bytearray(gzip.compress(_table(rng), 1))
    if rng.random() < 0.3:
        raw[rng.integers(len(raw))] ^= 1 << rng.integers(8)
    return bytes(raw[: rng.integers(1, len(raw))] if rng.random() < 0.3 else raw)


def _quoted(rng: np.random.Generator) -> bytes:
    """Put one or two quotes where no field begins or ends."""
    text = _rows(rng, str(_pick(rng, SEPARATORS)))
    for _ in range(rng.integers(1, 3)):
        at = int(rng.integers(len(text)))
        text = text[:at] + '"' + text[at:]
    return text.encode(errors="replace")


def _noise(rng: np.random.Generator) -> bytes:
    length = int(rng.integers(1, 5000))
    if rng.random() < 0.5:
        return rng.bytes(length)
    return bytes(rng.choice(list(b'0123456789,,,,\n\n;\t|"" .-eNau:'), length).astype(np.uint8))


def _large(rng: np.random.Generator) -> bytes:
    """One thing too much: a line, columns, blank lines, rows, or what a small file unpacks to."""
    size = int(rng.choice([10**3, 10**5, 3 * 10**6]))
    body = (b"1,1,3\n2,1,4\n1,2,5\n", b"user,item,rating\n1,1,3\n2,1,4\n1,2,5\n")[rng.integers(2)]
    match rng.integers(7):
        case 0:
            return body + b"x" * size
        case 1:
            return b",".join([b"c"] * size) + b"\n" + b",".join([b"1"] * size)
        case 2:
            return b"\n" * size + body + b"\n" * size
        case 3:
            return body + b'3,"' + b"4,4,4\n" * (size // 6) + b'",5\n'
        case 4:
            return gzip.compress(body + b"1,2,3\n" * size, 1)
        case 5:
            return gzip.compress(b"\0" * size * 10, 1)
    rows = (f"u{k},i{k % 9},{k % 5}" for k in range(min(size, 200_000)))
    return b"user,item,rating\n" + "\n".join(rows).encode() + b"\n"
