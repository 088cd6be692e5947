"""Factors that can be compared from draw to draw and from chain to chain: `align_factors`.

``U V'`` stays what it is when U is multiplied by an invertible matrix and V by its inverse
transpose, and a shift of all rows of one side can as well be in the biases of the other. Draws and
chains differ in both, so raw factors cannot be averaged. Here each draw is first brought to one
form; what is then left, a rotation, is taken out against the mean of all draws.
"""

from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pmf_core.fits.fit import Fit
from pmf_core.support.errors import require_within

ROUNDS, SETTLED = 50, 1e-6
"""Most rounds of rotating draws to their mean, and relative change of the mean that ends them."""

MOST_NUMBERS = 25_000_000
"""Factors that a page works on, all draws together: 100 MB in single precision."""


class Form(NamedTuple):
    """One draw in the form that all draws have in common; see `one_form`."""

    U: NDArray[np.float64]
    """ndarray of shape (n_users, n_factors): columns of mean 0"""
    V: NDArray[np.float64]
    """ndarray of shape (n_items, n_factors): columns of mean 0"""
    b_U: NDArray[np.float64]
    """ndarray of shape (n_users,), of mean 0"""
    b_V: NDArray[np.float64]
    """ndarray of shape (n_items,), of mean 0"""
    mean: float


@threadpool_limits.wrap(limits=1, user_api="blas")  # so that bits agree on every machine
def align_factors(fit: Fit, most_numbers: int | None = None) -> xr.Dataset:
    """Return the stored draws of U and V, aligned over draws and chains; no prediction changes.

    Each draw is brought to `one_form`: the means of rows go to biases and mean, and U V' is split
    evenly by its singular values. Draws then differ by a rotation (or reflection) at most, but for
    their uncertainty, and each is rotated to the mean of all (orthogonal Procrustes): at first to
    the last draw of the last chain, then to the mean of what that gives, until it settles. Last,
    all are turned to the principal axes of that mean: the first axis is where factors vary most.
    Of each axis, the item that is farthest out is at its positive end.

    A score, which is the rating itself under an identity link, is ``mean + b_U[i] + b_V[j] +
    U[i] . V[j]``, and whatever effects the model has beside (of days); `aligned_scores` adds it up.
    Models without biases have them here as well: it is what the means of rows amount to.

    Parameters
    ----------
    fit : Fit
        One of `fit_map` has one draw, which is its own reference.
    most_numbers : int, optional
        Factors to hold: where there are more, only every k-th stored draw is aligned. By default
        all are.

    Returns
    -------
    xr.Dataset
        ``U`` (chain, draw, user, factor), ``V`` (chain, draw, item, factor), ``b_U`` (chain, draw,
        user), ``b_V`` (chain, draw, item) and ``mean`` (chain, draw), in units of the score, of
        which attr ``unit`` says how many stars one is where the link is the identity. Factors are
        numbered anew, from 0.

    Raises
    ------
    ValueError
        If the fit holds no draws of its factors.

    References
    ----------
    Gower (1975), Generalized Procrustes analysis. Schönemann (1966), A generalized solution of the
    orthogonal Procrustes problem.
    """
    posterior = fit.idata["posterior"].dataset
    if not {"U", "V"} <= set(posterior.data_vars) or 0 in posterior["U"].shape:
        raise ValueError(
            "this fit holds no draws of U and V, so there is nothing to align; fit the same split "
            "and config again with fit_map or sample_gibbs, which keep some"
        )
    size = posterior["U"].size + posterior["V"].size
    every = 1 if most_numbers is None else max(1, -(-size // most_numbers))
    posterior = posterior.isel(draw=slice((posterior.sizes["draw"] - 1) % every, None, every))
    found = _forms(posterior, float(fit.attrs["offset"]))
    rotations, turn = _rotations(found["U"][1], found["V"][1])
    for at in np.ndindex(rotations.shape[:2]):
        for name in ("U", "V"):
            rows = found[name][1]
            rows[at] = rows[at].astype(np.float64) @ (rotations[at] @ turn)
    coords = {name: posterior[name] for name in ("chain", "draw", "user", "item")}
    coords["factor"] = np.arange(posterior.sizes["factor"])
    attrs = {"unit": fit.unit, "reference": "mean of all draws"}
    return xr.Dataset(found, coords, attrs)


def aligned_scores(
    aligned: xr.Dataset, user_idx: NDArray[np.integer], item_idx: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the score of pairs in every draw, the effects of days aside: (chain, draw, pair).

    Parameters
    ----------
    aligned : xr.Dataset
        As of `align_factors`.
    user_idx, item_idx : ndarray of int, of shape (n_pairs,)
        Row positions.
    """
    for owner, idx in (("user", user_idx), ("item", item_idx)):
        require_within(f"{owner}_idx", np.asarray(idx), aligned.sizes[owner])
    U, V = (aligned[name].values for name in ("U", "V"))
    score = np.einsum(
        "...pd,...pd->...p", U[:, :, user_idx].astype(float), V[:, :, item_idx].astype(float)
    )
    score += aligned["b_U"].values[:, :, user_idx] + aligned["b_V"].values[:, :, item_idx]
    return score + aligned["mean"].values[..., None]


def one_form(
    U: NDArray[np.floating],
    V: NDArray[np.floating],
    b_U: NDArray[np.floating] | float = 0.0,
    b_V: NDArray[np.floating] | float = 0.0,
) -> Form:
    """Bring a draw to the form that is its own but for a rotation.

    With the means m and n of the rows of U and V, ``U V' = (U - m)(V - n)' + ...``, where the rest
    is a number for each user, one for each item and ``m . n``. What is left is centred both ways,
    and its singular value decomposition ``P S Q'`` is split into ``P sqrt(S)`` and ``Q sqrt(S)``.
    It is found from QR decompositions of U and V, in memory of their size: never from U V'.

    Parameters
    ----------
    U, V : ndarray of shape (n_users, n_factors) and (n_items, n_factors)
    b_U, b_V : ndarray of shape (n_users,) and (n_items,), or 0
        Biases, where the model has them.
    """
    U, V = np.asarray(U, np.float64), np.asarray(V, np.float64)
    m, n = U.mean(axis=0), V.mean(axis=0)
    U, V = U - m, V - n
    b_U, b_V = U @ n + b_U, V @ m + b_V
    mean = float(m @ n + b_U.mean() + b_V.mean())
    Q_U, R_U = np.linalg.qr(U)
    Q_V, R_V = np.linalg.qr(V)
    P, size, Q = np.linalg.svd(R_U @ R_V.T)
    k, root = len(size), np.sqrt(size)
    rows = np.zeros_like(U), np.zeros_like(V)  # fewer rows than factors leave columns of zeros
    rows[0][:, :k], rows[1][:, :k] = Q_U @ P[:, :k] * root, Q_V @ Q[:k].T * root
    return Form(*rows, b_U - b_U.mean(), b_V - b_V.mean(), mean)


def _forms(posterior: xr.Dataset, offset: float) -> dict[str, tuple[tuple[str, ...], NDArray]]:
    """Return every draw in one form, by name, with dims; factors as precise as they are stored."""
    shape = posterior.sizes["chain"], posterior.sizes["draw"]
    dims = {
        "U": ("chain", "draw", "user", "factor"),
        "V": ("chain", "draw", "item", "factor"),
        "b_U": ("chain", "draw", "user"),
        "b_V": ("chain", "draw", "item"),
        "mean": ("chain", "draw"),
    }
    found = {}
    for name, names in dims.items():
        dtype = posterior[name].dtype if name in ("U", "V") else np.float64
        found[name] = names, np.empty([posterior.sizes[dim] for dim in names], dtype)
    raw = {name: posterior[name].values for name in ("U", "V", "b_U", "b_V") if name in posterior}
    for at in np.ndindex(shape):
        form = one_form(**{name: values[at] for name, values in raw.items()})
        for name, values in form._replace(mean=form.mean + offset)._asdict().items():
            found[name][1][at] = values
    return found


def _rotations(
    U: NDArray[np.floating], V: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rotation of each draw to the mean of all, and that of the mean to its axes.

    Returns
    -------
    rotations : ndarray of shape (chains, draws, n_factors, n_factors)
    turn : ndarray of shape (n_factors, n_factors)
    """
    draws = list(np.ndindex(U.shape[:2]))
    target = [rows[-1, -1].astype(np.float64) for rows in (U, V)]
    rotations = np.empty((*U.shape[:2], U.shape[-1], U.shape[-1]))
    for _ in range(ROUNDS):
        mean = [np.zeros_like(rows) for rows in target]
        for at in draws:
            own = U[at].astype(np.float64), V[at].astype(np.float64)
            P, _, Q = np.linalg.svd(own[0].T @ target[0] + own[1].T @ target[1])
            rotations[at] = P @ Q
            for total, rows in zip(mean, own, strict=True):
                total += rows @ rotations[at] / len(draws)
        moved = sum(float(np.square(a - b).sum()) for a, b in zip(mean, target, strict=True))
        size = sum(float(np.square(rows).sum()) for rows in mean)
        target = mean
        if moved <= SETTLED**2 * size:
            break
    _, axes = np.linalg.eigh(target[0].T @ target[0] + target[1].T @ target[1])
    axes = axes[:, ::-1]
    ends = target[1] @ axes
    farthest = ends[np.abs(ends).argmax(axis=0), np.arange(axes.shape[1])]
    return rotations, axes * np.where(farthest < 0, -1.0, 1.0)


_ALIGNED: WeakKeyDictionary[Fit, xr.Dataset] = WeakKeyDictionary()
_ALIGNING = Lock()


def aligned_once(fit: Fit) -> xr.Dataset:
    """Return `align_factors` of at most `MOST_NUMBERS`, worked out once for as long as a fit lives.

    Nobody may change it.
    """
    with _ALIGNING:
        if fit not in _ALIGNED:
            _ALIGNED[fit] = align_factors(fit, MOST_NUMBERS)
        return _ALIGNED[fit]
