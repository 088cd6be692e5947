"""Users of the data as newcomers, who rate what they rated there."""


def own(fit, user):
    """What somebody in the data rated in training, as a newcomer would have."""
    train = fit.split.train
    mine = train.user_idx == user
    rated = zip(train.item_idx[mine].tolist(), train.rating[mine].tolist(), strict=True)
    return tuple(sorted(rated))
