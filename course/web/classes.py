"""The classes of this laptop."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from .context import needs

bp = Blueprint("classes", __name__)


@bp.get("/classes")
@needs("see-classes")
def show_classes() -> ResponseReturnValue:
    return ""


@bp.get("/classes/<cohort_id>")
@needs("see-classes")
def show_cohort(cohort_id: str) -> ResponseReturnValue:
    return ""
