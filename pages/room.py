"""A class rates together while a model guesses ahead: the screen of it, and everybody's phone."""

from pages.panels import class_screen, door, phone
from pages.shell import router, show

router.require()
place = door.enter()
if place is None:
    show.heading(
        "Class",
        "Everybody rates ten on their phone. Before each rating the model writes down what it "
        "expects, and the screen counts how often it was right: is it as sure as it should be?",
    )
    door.draw()
elif place.is_teacher:
    class_screen.draw(place)
else:
    phone.draw(place)
