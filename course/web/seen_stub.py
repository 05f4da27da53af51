"""Stands for the classes' own pages until they are here."""

from flask import Blueprint

from .context import needs

bp = Blueprint("classes", __name__)


@bp.get("/classes")
@needs("see-classes")
def show_classes() -> str:
    return ""


@bp.get("/classes/<cohort_id>")
@needs("see-classes")
def show_cohort(cohort_id: str) -> str:
    return cohort_id
