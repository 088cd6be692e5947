"""A run as it is listed: what its file says of itself, or why it cannot be shown."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pmf_core.data.nouns import MOVIES, Nouns
from pmf_core.fits.files import read_attrs
from pmf_core.fits.soundness import check_run_attrs
from pmf_core.models.config import PMFConfig
from pmf_core.runs.plan import Plan
from pmf_core.support.errors import require

ID = re.compile(r"[0-9a-z-]{1,100}")
"""What a run, and its file, may be called."""


@dataclass(frozen=True)
class Run:
    """One file of the store, readable or not."""

    id: str
    path: Path
    size: int
    """Bytes on disk."""
    name: str
    attrs: dict[str, Any] = field(default_factory=dict)
    """Those of `Fit.attrs`; empty where the file is unreadable."""
    error: str | None = None
    """Why the file is unreadable."""

    @property
    def owner(self) -> str:
        """Who alone may rename and delete it; empty where everybody may."""
        return str(self.attrs.get("owner", ""))

    @property
    def note(self) -> str:
        """What its owner has written about it."""
        return str(self.attrs.get("note", ""))

    @property
    def config(self) -> PMFConfig:
        """Its model."""
        return PMFConfig.from_json(self.attrs["config"])

    @property
    def nouns(self) -> Nouns:
        """What sentences call its items and the unit of its ratings, as `Fit.nouns`."""
        return Nouns.parse(self.attrs.get("nouns", str(MOVIES)))

    @property
    def summary(self) -> dict[str, Any]:
        """`Fit.summary` as it was when the run was stored."""
        return json.loads(self.attrs["summary"])


def describe(path: Path, size: int) -> Run:
    """Return what the file of a run says of itself, without its draws, if pages can show that."""
    try:
        attrs = read_attrs(path)
        _require_listable(path, attrs)
    except ValueError as error:
        return Run(path.stem, path, size, path.name, error=str(error))
    return Run(path.stem, path, size, attrs["name"], attrs)


def _require_listable(path: Path, attrs: dict[str, Any]) -> None:
    """Require of a fit what `RunStore.add` gives it."""
    if not all(isinstance(attrs.get(name), str) for name in ("name", "summary")):
        raise ValueError(
            f"{path} is a fit that was not stored from here, so it lacks the name and the summary "
            "of a run; import it on the Compare page (Manage runs), then delete this file"
        )
    if not ID.fullmatch(path.stem):
        raise ValueError(
            f"{path} is called {path.stem!r}; a run is called by up to 100 lower-case letters, "
            "digits and hyphens, so rename the file"
        )
    try:
        check_run_attrs(attrs)
        if {"search", "search_plan"} & attrs.keys():
            Plan.from_json(attrs["search_plan"])
            require(isinstance(attrs["search"], str), "search", attrs["search"], "a text")
    except Exception as error:  # attrs from elsewhere can hold anything
        raise ValueError(
            f"{path} has a damaged summary ({error}); import it on the Compare page (Manage runs), "
            "which works it out anew, then delete this file"
        ) from error
