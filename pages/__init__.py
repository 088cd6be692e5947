"""The list of pages, from which the sidebar, Home's cards and the links between them follow.

A new page is a file beside this one and its line in `PAGES`. Read before anything is drawn, so
nothing slow is imported here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """What is known of a page before it runs."""

    name: str
    """Of its file, and in an address."""
    title: str
    icon: str
    """A name of Material Symbols'."""
    blurb: str = ""
    """What it teaches, on Home's cards; without, there is none of it."""
    shares: tuple[str, ...] = ()
    """Settings that a link to this page carries, and to others does not."""
    needs_ratings: bool = True
    """Whether it waits for the ratings that are chosen."""

    @property
    def path(self) -> str:
        """Its file, as Streamlit is told it."""
        return f"pages/{self.name}.py"

    @property
    def symbol(self) -> str:
        """Its icon, as Streamlit is told it."""
        return f":material/{self.icon}:"


PAGES = (
    Page("home", "Home", "home", needs_ratings=False),
    Page(
        "playground",
        "Playground",
        "toys",
        "Six people, six films: press Play and watch a model learn what they like, and how sure "
        "it is. Change a rating and see what moves.",
        ("play_method", "play_factors", "play_alpha", "play_width", "play_ratings"),
        needs_ratings=False,
    ),
    Page(
        "tour",
        "Tour",
        "hiking",
        "Twelve steps from the ratings to a list of your own: guess at each, then see. With a plan "
        "for a class.",
        ("step", "teacher", "mine"),
    ),
    Page(
        "explore",
        "Explore",
        "bar_chart",
        "What do ratings look like? Averages of one rating, a long tail, an empty matrix: why "
        "guessing is not easy.",
        ("which", "min_ratings", "shrinkage"),
    ),
    Page(
        "baselines",
        "Baselines",
        "straighten",
        "How far do plain averages get? They set the bar that every model has to pass.",
        ("residuals_of", "alike", "alike_to"),
    ),
    Page(
        "fit",
        "Fit",
        "tune",
        "Turn the knobs and see the most probable factors at once; then sample the whole "
        "posterior and watch it settle.",
        ("job", "run"),
    ),
    Page(
        "diagnose",
        "Diagnose",
        "monitor_heart",
        "Can these draws be trusted? Norms, r_hat, effective sample size, ranks.",
        ("run", "add_noise"),
    ),
    Page(
        "factors",
        "Factors",
        "explore",
        "What has the model learnt? A map of its tastes, who is near whom, and why raw factors of "
        "two chains differ although both are right.",
        (
            *("run", "axis_x", "axis_y", "map_color", "find", "user", "axis", "item", "taste"),
            *("turned_by", "how_far"),
        ),
    ),
    Page(
        "compare",
        "Compare",
        "compare_arrows",
        "All methods side by side, what changed between two runs, and the Python lines that "
        "repeat them.",
        (
            *("view", "run", "run_a", "run_b", "close_up", "with_series", "sweep", "rung"),
            *("having", "of_model", "of_split", "curves", "search", "search_over"),
            *("search_factors", "search_trials", "search_minutes", "search_by"),
            *("grid_x", "grid_x_values", "grid_y", "grid_y_values", "grid_by"),
        ),
    ),
    Page(
        "recommend",
        "Recommend",
        "thumb_up",
        "What would you like? Rate a few, and see a ranked list in which every guess says how sure "
        "it is.",
        ("run", "for_whom", "user", "sort", "fewest", "novelty"),
    ),
    Page(
        "room",
        "Class",
        "groups",
        "A class rates films on its phones while a model guesses ahead: is it as sure as it should "
        "be? Who is like whom, and what to watch together.",
        ("room", "seat"),
        needs_ratings=False,
    ),
    Page(
        "see",
        "See for yourself",
        "visibility",
        "Eight points where the PyMC example misleads: a claim, a guess of yours, one thing to "
        "turn, and what happens.",
        ("demo",),
    ),
    Page("about", "About", "info", needs_ratings=False),
)
"""In the order of the sidebar; the first is where people start."""


def page_named(name: str) -> Page:
    """Return a page by its name, of an address too, where the first page has none."""
    return next((page for page in PAGES if page.name == name), PAGES[0])
