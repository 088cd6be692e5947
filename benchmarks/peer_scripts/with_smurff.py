"""Bayesian probabilistic matrix factorization by SMURFF."""

import numpy as np
import scipy.sparse as sp
import smurff
from exchange import Found, Pairs, answer, normal_interval

N_FACTORS = 10


def fit(pairs: Pairs, model: str, quick: bool) -> Found:
    """Sample with the noise precision learned, as in SMURFF's notebook on noise models.

    It uses every core: on more than one its seed does not fix the draws, and on a busy machine its
    threads wait for each other by spinning, which can take several times the seconds.
    """
    burnin, nsamples = (20, 20) if quick else (400, 800)
    session = smurff.TrainSession(
        priors=["normal", "normal"],
        num_latent=N_FACTORS,
        burnin=burnin,
        nsamples=nsamples,
        seed=0,
        verbose=0,
    )
    shape = tuple(pairs.shape)
    global_mean = pairs.rating.mean()
    known = (pairs.user_idx, pairs.item_idx)
    train = sp.csr_matrix((pairs.rating - global_mean, known), shape)
    asked = (pairs.test_user_idx, pairs.test_item_idx)
    test = sp.csr_matrix((np.ones(len(pairs.test_user_idx)), asked), shape)  # values are not used
    # SampledNoise is documented as well, but in 1.1 it stays at the precision it was given.
    session.addTrainAndTest(train, test, smurff.AdaptiveNoise(1.0, 10.0))

    session.init()
    noise = []
    while status := session.step():
        # The learned precision is not given out. Its conditional mean, to within one part in a
        # thousand, is that of the residuals which the draw leaves.
        if status.phase == "Sample":
            noise.append(status.train_rmse**2)
    if len(noise) != nsamples:
        raise RuntimeError(f"SMURFF reported {len(noise)} draws; {nsamples} were asked for")

    mean, variance = np.full(shape, np.nan), np.full(shape, np.nan)
    for found in session.getTestPredictions():
        position = tuple(found.coords)
        mean[position] = found.pred_avg
        variance[position] = found.var / found.nsamples  # var is a sum of squares
    prediction = global_mean + mean[asked]
    interval = normal_interval(prediction, variance[asked] + np.mean(noise))
    return {"prediction": prediction, "sweeps": burnin + nsamples} | interval


if __name__ == "__main__":
    answer(fit)
