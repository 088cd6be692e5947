"""What is said of fits is true of their numbers."""

from types import SimpleNamespace

import pandas as pd

from pmf_core.data.nouns import Nouns
from pmf_core.evaluation.lessons_of_fits import nothing_left


def test_who_has_rated_everything_is_told_to_choose_another():
    nouns, split = (
        Nouns("book", "books", "points"),
        SimpleNamespace(train=SimpleNamespace(n_items=3)),
    )
    fit = SimpleNamespace(nouns=nouns, split=split)
    everything, some = pd.DataFrame({"item_id": [1, 2, 3]}), pd.DataFrame({"item_id": [1]})
    assert "rated all 3 books: choose another" in nothing_left(fit, everything, 0)
    assert "has 7 training ratings or more; lower" in nothing_left(fit, some, 7)
