"""An official fold on made-up files: which part is trained on, and whose rows they are."""

import pmf_core as pmf
from pmf_core.data.sources import ml100k

TITLES = ("Café (1990)", "Late (1991)", "Night (1992)")


def test_a_fold_trains_on_its_base_and_holds_its_test_out(ml100k_folder, monkeypatch, tmp_path):
    base, test = "3\t2\t4\t88\n1\t1\t3\t89\n", "1\t3\t5\t90\n"
    items = (
        "|".join([str(n), t, "01-Jan-1990", "", "", *"0" * 19]) for n, t in enumerate(TITLES, 1)
    )
    users = "".join(f"{n}|24|M|artist|01234\n" for n in (1, 2, 3))
    files = {"u.data": base + test, "u.item": "\n".join(items) + "\n", "u.user": users}
    folder = ml100k_folder(tmp_path, files | {"u2.base": base, "u2.test": test})
    monkeypatch.setenv("PMF_DATA_DIR", str(folder.parent))
    monkeypatch.setattr(ml100k, "verify", lambda pairs, name: None)
    split = pmf.load_movielens_fold(2)
    assert split.train.to_frame()["rating"].tolist() == [4, 3]
    assert split.train.user_ids[split.train.user_idx].tolist() == [3, 1]
    assert split.train.item_ids[split.train.item_idx].tolist() == [2, 1]
    [held_out] = split.test.to_frame().itertuples()
    assert (held_out.user_id, held_out.item_id, held_out.rating) == (1, 3, 5)
    assert split.test.timestamp.tolist() == [90]
