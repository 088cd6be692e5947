"""Words that a newcomer may not know, in a sentence or two, and symbols that stand for them."""

import re

GLOSSARY = {
    "baseline": "A prediction without factors, such as the mean rating. A model that does not beat "
    "it has learnt nothing that is worth its trouble.",
    "bias": "How far above or below the mean a user rates, or an item is rated, whatever the "
    "factors say.",
    "burn-in, tuning": "The first steps of a chain, thrown away because they still remember where "
    "it started.",
    "chain": "One run of the sampler from its own starting point.",
    "cold user, cold item": "Somebody or something without a rating in the training part; all that "
    "is known of it is the prior.",
    "conditional": "The distribution of one part of the model given all others and the ratings; a "
    "Gibbs sweep draws from each in turn.",
    "coverage": "The share of held-out ratings inside their intervals. A 90% interval is honest "
    "if it holds 90% of them.",
    "CRPS": "Continuous ranked probability score: how far, in the unit of ratings, a whole "
    "predictive distribution is from the rating that came. Less is better; of a "
    "single guess it is the absolute error.",
    "cut points": "Where, on the scale of a score, one rating ends and the next begins: what an "
    "ordinal link learns.",
    "draw": "One set of factors out of the posterior: one way the world may be, given the ratings.",
    "effect": "A shift that ratings of a group share, as those of one day do; how far such shifts "
    "spread is learned.",
    "ess": "Effective sample size: as many independent draws would say as much as these. Some "
    "hundreds are enough for a mean. It is more than were drawn where draws fall on either side of "
    "the mean in turn, as those of predictions can.",
    "factor": "A number that says how much of some trait an item has, and another how much a user "
    "likes that trait. Nobody names the traits; they are learnt.",
    "Frobenius norm": "The square root of the sum of squares of all entries of a matrix: its size "
    "in one number.",
    "Gibbs sampling": "Draw each row of factors from its distribution given everything else, in "
    "turn, again and again; the draws settle into the posterior.",
    "hierarchical prior": "A prior whose own mean and precision are learned from all rows "
    "together, so that nobody has to set how far factors spread.",
    "held-out, test": "Ratings that no method learns from, kept to score predictions.",
    "implicit feedback": "What somebody rated at all: it says something about taste before "
    "any rating is read.",
    "likelihood": "How probable the ratings are if the factors, and all else in the model, were "
    "these. A prior and a likelihood make a posterior.",
    "link": "How a score U·V becomes a rating: as it is, through a curve that stays on the scale "
    "(logistic), or through cut points between ordered ratings (ordinal).",
    "log score": "The mean log probability that was given to the rating that came (its density, "
    "where ratings can take any value). More is better; a confident miss costs most.",
    "MAP": "Maximum a posteriori: the single most probable set of factors. It says nothing about "
    "how sure it is.",
    "MCMC": "Markov chain Monte Carlo: a chain of draws from the posterior. Averaging predictions "
    "over them takes uncertainty into account.",
    "PIT": "Probability integral transform: where in its predictive distribution a rating fell, "
    "from 0 to 1. If predictions are honest, all values are equally frequent.",
    "posterior": "What is believed of the factors after seeing the ratings.",
    "precision": "1 / variance. α is the noise's, in 1 / unit², where a unit is a quarter of the "
    "scale: one star of 1 to 5.",
    "prior": "What is believed of the factors before seeing a rating: here, that they are near 0.",
    "r_hat": "Compares the spread between chains with the spread within them. Below 1.01 is good; "
    "above 1.05, do not trust the draws. That chains agree does not say that the model is right.",
    "regularization": "A penalty on large factors, written λ. It is a prior by another name: "
    "λ = α_U / α, the precision of the prior over that of the noise.",
    "RMSE": "Root mean squared error, in the unit of ratings: the size of a typical miss, with "
    "large misses weighing more.",
    "score": "What the model has to say of a pair before noise and the scale come in, written η: "
    "the product U·V of the two rows of factors, and whatever is added to it.",
    "shrinkage": "Pulling an estimate towards a common value, the more the less data it rests on.",
    "side information": "What is known of users and items apart from ratings: age, occupation, "
    "genre, year.",
    "sparsity": "The share of user-item pairs that nobody rated.",
    "transductive": "Tested on blanks of the one matrix that was learnt from: every user and item "
    "is known. Somebody new is another question.",
    "Wishart": "A distribution of precision matrices, such as Λ: what is believed of how far rows "
    "of factors spread, and together in which directions, before they are seen.",
}

SYMBOLS = {
    "(": "factor",
    "U": "factor",
    "V": "factor",
    "Y": "factor",
    "D": "factor",
    "b_": "bias",
    "r_": "likelihood",
    r"\eta": "score",
    r"\alpha": "precision",
    r"\alpha_U": "prior",
    r"\alpha_V": "prior",
    r"\kappa": "precision",
    r"\tau": "precision",
    "g": "link",
    r"\ell": "cut points",
    "c_": "cut points",
    "d_": "cut points",
    r"\mu": "hierarchical prior",
    r"\mu_{d": "cut points",
    r"\tau_{d": "cut points",
    r"\Lambda": "Wishart",
    r"w_{U,\text{rated": "implicit feedback",
    r"w_{V,\text{rated": "implicit feedback",
    r"w_{U,\text{side": "side information",
    r"w_{V,\text{side": "side information",
    "e_": "effect",
    "E": "MAP",
    r"\lambda": "regularization",
}
"""The word for a symbol of a formula, by how its LaTeX begins."""


def word_for(symbol: str) -> str:
    """Return the word of the glossary that a symbol stands for: that of its longest beginning."""
    begins = [each for each in SYMBOLS if symbol.startswith(each)]
    return SYMBOLS[max(begins, key=len)]


def anchor(word: str) -> str:
    """Return where the page with the glossary has a word, as an address says it."""
    return "word-" + re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
