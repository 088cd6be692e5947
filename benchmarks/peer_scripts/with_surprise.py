"""Matrix factorization by stochastic gradient descent: SVD and SVD++ of Surprise."""

import numpy as np
from exchange import Found, Pairs, answer
from surprise import SVD, Dataset, Reader, SVDpp

N_FACTORS = 10


def fit(pairs: Pairs, model: str, quick: bool) -> Found:
    """Fit ``svd`` or ``svdpp``, with Surprise's own rates and, unless in haste, its 20 epochs."""
    rows = zip(pairs.user_idx.tolist(), pairs.item_idx.tolist(), pairs.rating.tolist(), strict=True)
    ratings = Dataset(Reader(rating_scale=tuple(pairs.scale)))
    train = ratings.construct_trainset([(*row, None) for row in rows])
    algorithm = {"svd": SVD, "svdpp": SVDpp}[model]
    method = algorithm(n_factors=N_FACTORS, n_epochs=2 if quick else 20, random_state=0).fit(train)
    asked = zip(pairs.test_user_idx.tolist(), pairs.test_item_idx.tolist(), strict=True)
    return {"prediction": np.array([method.predict(*pair).est for pair in asked])}


if __name__ == "__main__":
    answer(fit)
