"""What is computed from a run or a split: once, for each question, and never another's answer."""

import pytest

import pmf_core as pmf
from pages.shell import cache
from pmf_core.runs.store import RunStore

KEY = (("simulated", 60, 50, 30.0, 3, 2.0, 0), 0.1, 0)
asked = []


def n_test(split, *args, **options):
    asked.append((args, options))
    return {"n": split.test.n_ratings, "args": args, **options}


def n_draws(fit, *args):
    asked.append(args)
    return fit.idata["posterior"].sizes["draw"]


def name_of(path):
    asked.append(path)
    return path.stem


@pytest.fixture(autouse=True)
def nothing_asked():
    asked.clear()


@pytest.fixture
def run(home, split):
    fit = pmf.sample_gibbs(split, pmf.PMFConfig(2), draws=4, tune=2, chains=1)
    return RunStore(home / "runs").add(fit, "one", run_id="one")


def test_a_question_of_a_split_is_answered_once(split):
    first = cache.of_split(n_test, KEY, 1, b=2)
    assert first == {"n": split.test.n_ratings, "args": (1,), "b": 2}
    first["n"] = -1  # a copy: what one page does to it, no other sees
    assert cache.of_split(n_test, KEY, 1, b=2)["n"] == split.test.n_ratings
    assert asked == [((1,), {"b": 2})]
    cache.of_split(n_test, KEY, 2, b=2)
    cache.of_split(n_test, KEY, 1, b=3)
    cache.of_split(n_test, (KEY[0], 0.2, 0), 1, b=2)
    assert len(asked) == 4


def test_what_is_large_is_one_object_for_everybody():
    assert cache.large_of_split(n_test, KEY) is cache.large_of_split(n_test, KEY)
    assert cache.of_split(n_test, KEY) is not cache.of_split(n_test, KEY)


def test_functions_runs_and_sizes_are_told_apart(run):
    assert cache.of_run(n_draws, run) == cache.of_run(n_draws, run) == 4
    assert cache.of_file(name_of, run) == cache.of_file(name_of, run) == "one"
    assert asked == [(), run.path]
    cache.of_run(n_draws, run, "another question")
    assert len(asked) == 3
    fit = pmf.sample_gibbs(cache.split(KEY), pmf.PMFConfig(3), draws=7, tune=2, chains=1)
    (run.path).unlink()
    other = cache.queue().store.add(fit, "other", run_id="one")
    assert other.size != run.size and cache.of_run(n_draws, other) == 7


def test_what_has_no_name_of_its_own_is_refused():
    with pytest.raises(ValueError, match="has no name of its own; define it in a module"):
        cache.of_split(lambda split: 1, KEY)


def test_nobody_has_asked_for_the_queue_until_somebody_does(home):
    import pmf_core.runs.queue  # noqa: F401  imported by somebody, which starts nothing

    assert cache.queue_if_started() is None and not (home / "jobs").exists()
    queue = cache.queue()
    assert cache.queue_if_started() is queue is cache.queue()
    cache.forget()
    assert cache.queue_if_started() is None
