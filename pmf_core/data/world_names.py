"""Made-up names of people and titles of movies, put together from syllables and words.

Each title has a place in it that is not on any map, so that none is the title of a movie; family
names are made in the same way.
"""

import numpy as np

_STARTS = tuple(
    (
        "Velm Osk Quor Brind Tazz Yull Morv Fenk Drell Zim Huld Pavv Krem Lirn Wob Jasp Nurr Gleth"
    ).split()
)
_OF_PLACES = ("oor", "aby", "ovale", "undel", "erwyn", "ikka", "ospire", "amere", "estrand", "ulka")
_OF_FAMILIES = (
    "anski",
    "otti",
    "elund",
    "iquez",
    "owole",
    "emann",
    "adze",
    "okova",
    "imbe",
    "ashi",
)
_GIVEN = tuple(
    (
        "Ada Anouk Ben Bodil Chidi Clara Dario Dina Emil Esra Farah Finn Greta Hana Hugo Ines Ivo "
        "Jonas Kaia Kofi Lena Luca Mei Mira Nadia Nils Olga Omar Pia Ravi Rosa Sami Tara Theo Uma "
        "Vito Wanda Yara Yusuf Zoe"
    ).split()
)
_FORMS = ("The {noun} of {place}", "{place} {noun}", "A {noun} for {place}", "{noun}, {place}")

PLACES = tuple(start + end for start in _STARTS for end in _OF_PLACES)
PEOPLE = tuple(
    f"{given} {start}{end}" for given in _GIVEN for start in _STARTS for end in _OF_FAMILIES
)


def person_names(n: int, rng: np.random.Generator) -> list[str]:
    """Return `n` different names; beyond 7,200 they are numbered."""
    order = rng.permutation(len(PEOPLE))
    return [_numbered(PEOPLE[order[k % len(PEOPLE)]], k // len(PEOPLE)) for k in range(n)]


def movie_titles(nouns: list[tuple[str, ...]], rng: np.random.Generator) -> list[str]:
    """Return a different title for each movie, with one of the `nouns` given for it."""
    found: dict[str, None] = {}  # in order
    for words in nouns:
        title, turn = "", 0
        while not title or title in found:
            form, noun, place = (many[rng.integers(len(many))] for many in (_FORMS, words, PLACES))
            title = _numbered(form.format(noun=noun, place=place), turn // 100)
            turn += 1
        found[title] = None
    return list(found)


def _numbered(name: str, before: int) -> str:
    return name if before == 0 else f"{name} {before + 1}"
