"""The prior of rows and of what moves them, as a page writes it; `population` states the same."""

from collections.abc import Mapping

from pmf_core.models.config import PMFConfig
from pmf_core.models.ingredients.mathematics import LETTER, Line, normal, number
from pmf_core.models.ingredients.population import learned_columns
from pmf_core.models.state import SIDES


def rows_in_words(config: PMFConfig, owner: str, alpha: float, n_features: int) -> list[Line]:
    """Write the prior of the rows of a side, their biases among them, and what it learns.

    Parameters
    ----------
    config : PMFConfig
    owner : str
    alpha : float
        Precision of the columns whose prior is fixed.
    n_features : int
        Of the side; where there are any, the prior is that of what they leave.
    """
    names, letter = SIDES[owner], LETTER[owner]
    row = f"Y_{letter}" if n_features else f"{names.rows}_{letter}"
    variable = f"Y_{names.rows}" if n_features else names.rows
    left = ", less what features say of them," if n_features else ""
    if config.prior == "hierarchical":
        return _learned_rows(config, owner, row, variable, left)
    precision, size = rf"\alpha_{names.rows}", config.n_factors
    spread = normal(row, "0", rf"{precision}^{{-1}} I_{{{number(size)}}}")
    words = f"The factors of each {owner}{left} lie around 0, {number(size)} of them."
    across = {"user": "users' rows", "item": "items' columns"}[owner]
    unit = "" if config.link == "identity" else ", in the unit of the score"
    lines = [
        Line(row, spread, words, "prior", (variable,), owner=owner),
        Line(
            precision,
            rf"{precision} = {number(alpha)}",
            f"Given by the example's rule: fill every missing rating with the mean, and take 1 / "
            f"the mean variance of the {across}{unit}. The emptier the matrix, the larger it is.",
            "prior",
            owner=owner,
        ),
    ]
    if config.biases:
        lines += _learned_biases(config, owner, variable)
    return lines


def weights_in_words(
    config: PMFConfig, owner: str, alpha: float, kinds: Mapping[str, str]
) -> list[Line]:
    """Write how features move the rows of a side, and the prior of their weights.

    Parameters
    ----------
    kinds : mapping of str to str
        What each group of features is, by its name; none where there are no features.
    """
    names, letter = SIDES[owner], LETTER[owner]
    if not kinds:
        return []
    row, W = f"{names.rows}_{letter}", f"W_{names.rows}"
    X, bias = f"X_{letter}", ", the bias included," if config.biases else ""
    lines = [
        Line(
            row,
            rf"{row} = Y_{letter} + {X}\, {W}",
            f"The row of each {owner}{bias} is moved by {' and by '.join(kinds.values())}.",
            "prior",
            owner=owner,
        )
    ]
    learned = learned_columns(config)
    n = config.n_columns - learned.start
    for kind, what in kinds.items():
        short = {"implicit": "rated", "side_info": "side"}[kind]
        weight = rf"w_{{{names.rows},\text{{{short}}}}}"
        Lambda = rf"\Lambda_{{{W},\text{{{short}}}}}"
        words = f"What each of these adds: {what}."
        variance = rf"{Lambda}^{{-1}}"
        if n == 0:
            variance = rf"\alpha_{names.rows}^{{-1}} I_{{{number(config.n_columns)}}}"
        elif n < config.n_columns:
            fixed = rf"\alpha_{names.rows} I_{{{number(config.n_factors)}}}"
            variance = rf"\mathrm{{diag}}({fixed}, {Lambda})^{{-1}}"
        given = Lambda if n else ""
        variable = f"{names.W}_{kind}"
        place = (variable,), given, owner
        lines.append(Line(weight, normal(weight, "0", variance), words, "prior", *place))
        if n:
            variable, only = f"{names.Lambda_W}_{kind}", ""
            if n < config.n_columns:
                variable = variable.replace("Lambda", "Lambda_bias")
                only = ", in the column of the bias"
            words = f"How narrow their prior is, learned from all of them{only}."
            latex = _wishart(config, Lambda, n)
            lines.append(Line(Lambda, latex, words, "hyperprior", (variable,), owner=owner))
    return lines


def _learned_rows(config: PMFConfig, owner: str, row: str, variable: str, left: str) -> list[Line]:
    names = SIDES[owner]
    mu, Lambda = rf"\mu_{names.rows}", rf"\Lambda_{names.rows}"
    what, n = f"factors{' and the bias' if config.biases else ''}", config.n_columns
    whole = rf"({row}, b_{LETTER[owner]})" if config.biases else row
    spread = normal(whole, mu, rf"{Lambda}^{{-1}}")
    words = f"The {what} of each {owner}{left} lie around a mean that all share."
    return [
        Line(whole, spread, words, "prior", (variable,), rf"{mu}, {Lambda}", owner),
        _mean(config, owner, mu, Lambda, names.mu, f"Where the rows of {owner}s lie"),
        Line(
            Lambda,
            _wishart(config, Lambda, n),
            f"How close together they lie, learned from all {owner}s.",
            "hyperprior",
            (names.Lambda,),
            owner=owner,
        ),
    ]


def _learned_biases(config: PMFConfig, owner: str, variable: str) -> list[Line]:
    """Write the prior of biases beside a fixed one of factors."""
    names, b = SIDES[owner], f"b_{LETTER[owner]}"
    mu, Lambda = rf"\mu_{{b_{names.rows}}}", rf"\Lambda_{{b_{names.rows}}}"
    words = f"How far from the others each {owner} is, kept as one more column of {names.rows}."
    of_bias = names.mu.replace("mu", "mu_bias")
    return [
        Line(
            b,
            normal(b, mu, rf"{Lambda}^{{-1}}"),
            words,
            "prior",
            (variable,),
            rf"{mu}, {Lambda}",
            owner,
        ),
        _mean(config, owner, mu, Lambda, of_bias, f"Where the biases of {owner}s lie"),
        Line(
            Lambda,
            _wishart(config, Lambda, 1),
            f"How close together they lie, learned from all {owner}s.",
            "hyperprior",
            (names.Lambda.replace("Lambda", "Lambda_bias"),),
            owner=owner,
        ),
    ]


def _mean(config: PMFConfig, owner: str, mu: str, Lambda: str, name: str, words: str) -> Line:
    around = normal(mu, number(config.mu0), rf"({number(config.beta0)}\,{Lambda})^{{-1}}")
    weight = f"; the prior of it is worth {number(config.beta0)} of them."
    return Line(mu, around, words + weight, "hyperprior", (name,), Lambda, owner)


def _wishart(config: PMFConfig, Lambda: str, n: int) -> str:
    nu = number(config.nu0 or n)
    return rf"{Lambda} \sim \mathcal{{W}}({nu},\; {number(config.W0)}\, I_{{{number(n)}}})"
