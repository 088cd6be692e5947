"""Users of the data as newcomers, who rate what they rated there."""

from pathlib import Path

from pmf_core.runs.own_ratings import OwnRatings, catalogue_of


def own(fit, user):
    """What somebody in the data rated in training, as a newcomer would have."""
    train = fit.split.train
    mine = train.user_idx == user
    rated = zip(train.item_idx[mine].tolist(), train.rating[mine].tolist(), strict=True)
    return tuple(sorted(rated))


def friends(home: Path, fit, names=("", "Ana", "Bo")):
    """Keep ratings of several people, as a visitor of an open server gives them."""
    store, catalogue = OwnRatings(home / "own_ratings.sqlite"), catalogue_of(fit)
    for user, name in enumerate(names):
        ids = fit.split.train.item_ids
        given = {str(ids[item]): rating for item, rating in own(fit, user)[:6]}
        store.give("", catalogue, name, given)
