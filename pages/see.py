"""Where the example misleads: guess, turn one thing, see what happens."""

from pages.panels import dataset, demonstration
from pages.shell import settings, show
from pmf_core.evaluation.demonstrations import DEMONSTRATIONS

chosen = dataset.current()
show.heading(
    "See for yourself",
    "Eight points where the PyMC example misleads, in its order. Guess before you look.",
)
number = int(settings.widget("demo", label_visibility="collapsed"))
demonstration.draw(DEMONSTRATIONS[number - 1], number, chosen)
