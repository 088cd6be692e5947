"""Tables of ratings as texts and bytes."""

import io

from pmf_core import read_ratings

HEAD = "user,item,rating\n"


def read(text, **options):
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return read_ratings(file, **options)
