"""What Diagnose shows of any sampled fit: pictures of its chains, and of its predictions."""

from pmf_core.charts import checks, fits
from pmf_core.charts import draws as pictures
from pmf_core.charts.picture import Picture
from pmf_core.evaluation import by_count, scalar_draws
from pmf_core.evaluation import lessons_of_chains as lessons
from pmf_core.evaluation.lessons_of_checks import gives_such_ratings
from pmf_core.evaluation.lessons_of_fits import chains_mix, scalar_settles
from pmf_core.evaluation.mixing import choices, ranks, trace
from pmf_core.evaluation.rating_check import rating_check
from pmf_core.fits.fit import Fit

DIAGNOSTICS: tuple[Picture[Fit], ...] = (
    Picture(
        "Does every quantity settle?",
        "Trace of each chain, tuning included",
        trace,
        fits.scalar_trace,
        scalar_settles,
        choices,
    ),
    Picture(
        "What does each chain believe?",
        "Density of the draws of each chain",
        scalar_draws.density,
        pictures.densities,
        lessons.densities_meet,
        choices,
    ),
    Picture(
        "Do all chains visit the same values?",
        "Rank histogram for each chain",
        ranks,
        fits.rank_lines,
        chains_mix,
        choices,
    ),
    Picture(
        "How soon does a draw forget?",
        "Autocorrelation of the draws of each chain against the steps between them",
        scalar_draws.autocorrelation,
        pictures.autocorrelation_lines,
        lessons.draws_forget,
        choices,
    ),
    Picture(
        "Are more draws worth more?",
        "Effective sample sizes of the first draws, against how many",
        scalar_draws.so_far,
        pictures.ess_so_far,
        lessons.draws_add_up,
        choices,
    ),
    Picture(
        "Since when do chains agree?",
        "r_hat of the first draws, against how many",
        scalar_draws.so_far,
        pictures.r_hat_so_far,
        lessons.chains_come_together,
        choices,
    ),
)
"""What Diagnose shows of the chains of any sampled fit beyond its story, in its order."""

PREDICTIONS: tuple[Picture[Fit], ...] = (
    Picture(
        "Who is predicted badly?",
        "Test RMSE of users against their number of training ratings",
        by_count.user_errors,
        checks.errors_by_count,
        lessons.few_ratings_cost,
    ),
    Picture(
        "Are intervals honest for every user?",
        "Coverage of 90% intervals against the user's number of training ratings",
        by_count.user_errors,
        checks.coverage_by_count,
        lessons.honest_for_all,
    ),
    Picture(
        "Which {things} are predicted badly?",
        "Test RMSE of each {thing} against its number of training ratings",
        by_count.item_errors,
        checks.errors_by_count,
        lessons.few_ratings_cost,
    ),
    Picture(
        "Are intervals honest for every {thing}?",
        "Coverage of 90% intervals against the number of training ratings of the {thing}",
        by_count.item_errors,
        checks.coverage_by_count,
        lessons.honest_for_all,
    ),
    Picture(
        "Would it give such ratings?",
        "Share of ratings around each value: those given, and those that draws of the fit give",
        rating_check,
        checks.checked_shares,
        gives_such_ratings,
    ),
)
"""What Diagnose shows of the predictions of any sampled fit, in its order."""
