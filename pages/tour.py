"""A tour in twelve steps: guess, see, go on; with what a teacher needs for a class."""

from pages.panels import dataset, tour
from pages.shell import settings, show
from pmf_core.evaluation.tour import TOUR

chosen = dataset.current()
show.heading(
    "Tour",
    "From the ratings to a list of your own in twelve steps. Guess at each, then see what is "
    "found in the ratings that are chosen now.",
)
tour.bar()
number = int(settings.value("step"))
tour.draw(TOUR[number - 1].in_words(chosen.ratings.nouns), number, chosen)
if settings.value("teacher"):
    tour.plan(TOUR, chosen.ratings.nouns)
