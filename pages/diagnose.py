"""Have the chains converged? Judged on what is identifiable, never on raw factors."""

import streamlit as st

import pmf_core as pmf
from pages.parts import cache, dataset, runs, show
from pmf_core.charts import calibration, fits

chosen = dataset.current()
show.heading(
    "Diagnose",
    "A sampler always returns numbers. Here is whether to believe them.",
)
run = runs.pick("Run", chosen.split.id)
if run is None:
    st.info("No run is stored yet: sample one first.", icon=":material/inbox:")
    st.page_link("pages/fit.py", label="Go to Fit", icon=":material/tune:")
    st.stop()
fit = runs.opened(run)
if fit.is_point_estimate:
    st.info(
        "This run is a MAP: one point and no chain, so there is nothing to converge. Choose a "
        "sampled run.", icon=":material/my_location:",
    )  # fmt: skip
    st.stop()

table = pmf.diagnose(fit)
summary = fit.summary()
worst, least = table["r_hat"].max(), table["ess_bulk"].min()
show.metrics(
    {
        "Chains × draws": f"{summary['chains']} × {summary['draws']}",
        "Largest r_hat": (f"{worst:.3f}", show.GLOSSARY["r_hat"]),
        "Smallest ess": (f"{least:,.0f}", show.GLOSSARY["ess"]),
        "ess per second": f"{least / summary['seconds']:,.0f}",
        "Test RMSE": (f"{summary['test_rmse']:.4f}", "Of the mean prediction, in stars."),
    }
)
if not worst <= 1.05:
    st.warning("The chains do not agree yet: tune longer, or draw more.", icon=":material/warning:")
elif worst > 1.01:
    st.info("Nearly there: the slowest quantity is above 1.01.", icon=":material/hourglass:")
else:
    st.success("All that is monitored has converged.", icon=":material/check_circle:")

st.subheader("Do the sizes of the factors settle?")
traces = cache.traces(run.id, run.size)
tune = int(traces["step"].max() - summary["draws"])
left, right = st.columns(2)
for place, norm in ((left, "norm_U"), (right, "norm_V")):
    show.chart(fits.trace_chart(traces, norm, tune),
               f"Trace of {norm} of each chain; tuning ends at step {tune}", place)  # fmt: skip
show.lesson(
    "Frobenius norms of U and V, the square root of the sum of squares, tuning included. Chains "
    "start apart, should meet, and then wander around one level without a trend. (The PyMC "
    "example plots the same and calls it a norm; watch the axis.)"
)

st.subheader("Does averaging help?")
noise = st.toggle(
    "As the example does: add noise and clip", key="add_noise", bind="query-params",
    persist_state="session",
    help="Draws a rating from N(U·V, 1/α) for every pair and draw, clips it to the scale, and "
    "averages those, over the draws whose factors are stored.",
)  # fmt: skip
curves = cache.noisy_running_rmse(run.id, run.size) if noise else pmf.running_rmse(fit)
baselines = cache.baselines(chosen.split_key)
same_split = fit.attrs["split_id"] == chosen.split.id
best = baselines.loc[baselines["test_rmse"].idxmin()]
show.chart(
    fits.rmse_curves(curves, (best["method"], best["test_rmse"]) if same_split else None),
    "RMSE of single draws and of the mean of all draws so far, train and test",
)
last = curves.iloc[-1]
gap = last["running_test"] - last["running_train"]
show.lesson(
    f"One draw misses held-out ratings by {last['per_step_test']:.3f} stars, the mean of all by "
    f"{last['running_test']:.3f}. Train and test differ by {gap:.3f}: what the model has learnt "
    "by heart. " + ("With noise, a single draw looks far worse than it is: the noise adds "
    "1/α to its squared error." if noise else "")
)  # fmt: skip

st.subheader("Can the draws be trusted?")
for column, picture, what in zip(
    st.columns(3), fits.convergence_histograms(table), ("r_hat", "bulk ess", "tail ess"),
    strict=True,
):  # fmt: skip
    show.chart(picture, f"Histogram of {what} over monitored held-out predictions", column)
scalars = table[table["quantity"] != "prediction"].drop(columns="pair")
st.dataframe(
    scalars, hide_index=True,
    column_config={
        "quantity": "Quantity",
        "mean": st.column_config.NumberColumn("Mean", format="%.4g"),
        "sd": st.column_config.NumberColumn("Sd", format="%.3g"),
        "r_hat": st.column_config.NumberColumn("r_hat", format="%.4f"),
        "ess_bulk": st.column_config.NumberColumn("ess, bulk", format="%.0f"),
        "ess_tail": st.column_config.NumberColumn("ess, tails", format="%.0f"),
        "mcse": st.column_config.NumberColumn("mcse of the mean", format="%.2g"),
    },
)  # fmt: skip

st.subheader("Are the intervals honest?")
honest = cache.calibration(run.id, run.size)
scores = honest["scores"]
show.metrics(
    {
        "In 50 % interval": (f"{scores['coverage_50']:.1%}", show.GLOSSARY["coverage"]),
        "In 90 % interval": (f"{scores['coverage_90']:.1%}", show.GLOSSARY["coverage"]),
        "CRPS": (f"{scores['crps']:.4f}", show.GLOSSARY["CRPS"]),
        "Log score": (f"{scores['log_score']:.4f}", show.GLOSSARY["log score"]),
    }
)
for column, picture, what in zip(
    st.columns(3),
    (
        calibration.coverage_curve(honest["coverage"]),
        calibration.pit_ecdf_difference(honest["pit"]),
        calibration.reliability_curve(honest["reliability"]),
    ),
    (
        "Share of held-out ratings in central intervals, against their probability",
        "ECDF of the PIT of held-out ratings minus that of a uniform, with its 95 % band",
        "Mean rating against predicted mean, in ten groups of held-out pairs",
    ),
    strict=True,
):  # fmt: skip
    show.chart(picture, what, column)
show.lesson(
    "An interval is honest if it holds as many held-out ratings as it promises: points on the "
    "dashed lines, and in the middle a curve inside its band. A curve first above 0 and then "
    "below means intervals too narrow, the reverse too wide; all on one side, predictions too "
    "high (above) or too low (below)."
)
with st.expander("Coverage in numbers", icon=":material/table:"):
    share = st.column_config.NumberColumn
    st.dataframe(
        honest["coverage"], hide_index=True,
        column_config={
            "nominal": share("Should hold", format="percent"),
            "actual": share("Holds", format="percent"),
        },
    )  # fmt: skip

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Do all chains visit the same values?")
    quantity = st.selectbox("Quantity", ["log_likelihood", "norm_U", "norm_V"], key="ranked")
    show.chart(
        fits.rank_bars(cache.ranks(run.id, run.size, quantity)),
        f"Rank histogram of {quantity} for each chain",
    )
    show.lesson("Flat bars mean that no chain keeps to high or to low values.")
with right:
    st.subheader("The trap: r_hat of a raw factor")
    raw, predictions = cache.raw_r_hat(run.id, run.size), table[table["quantity"] == "prediction"]
    st.metric("Median r_hat of raw entries of U", f"{raw:.2f}", border=True)
    st.metric("Median r_hat of predictions", f"{predictions['r_hat'].median():.3f}", border=True)
    show.lesson(
        "Rotate U and V together and no prediction changes, so every chain finds its own "
        "rotation. The r_hat of a raw factor is then far from 1 although nothing is wrong. "
        "Judge norms, the likelihood and predictions; they do not depend on the rotation."
    )
