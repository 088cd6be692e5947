"""What the numbers of several people who rate together say."""

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons import Lesson


def alike_is_unsure(found: pd.DataFrame) -> Lesson:
    """Say of how many it is known that they are alike at all, of `several.alike` or `likeness`."""
    n, sure, against = len(found), (found["lower"] > 0).sum(), (found["upper"] < 0).sum()
    text = (
        "From −1 to 1: how far two opinions of all go together, beyond what everybody thinks. Of "
        f"{n} {'interval' if n == 1 else 'intervals'} {sure} {'lies' if sure == 1 else 'lie'} "
        "above 0"
    )
    if against:
        text += f" and {against} below, as of people of whom one likes what the other does not"
    text += "."
    if n > sure + against:
        text += " Of the others it is not known yet whether they are alike."
    evidence = {"n": n, "sure": float(sure), "against": float(against)}
    return Lesson("alike_is_unsure", sure < n, text, evidence)


def differences_are_unsure(found: pd.DataFrame, nouns: Nouns) -> Lesson:
    """Say of how many items it is known who likes them more, of `several.apart`."""
    n, sure = len(found), int(((found["lower"] > 0) | (found["upper"] < 0)).sum())
    text = (
        f"Opinions, without the noise of a rating. Of these {n} {nouns.things} with the largest "
        f"differences, {'none has' if not sure else 'one has' if sure == 1 else f'{sure} have'} "
        "an interval that leaves out 0"
    )
    text += "." if sure == n else ": of the others it is not known yet who likes them more."
    return Lesson("differences_are_unsure", sure < n, text, {"n": n, "sure": sure})
