"""Records as PDF: one at once, a cohort aside with its progress shown."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core.errors import BadField, NotFound
from ..core.issued import Issued
from . import context
from .certificates import mine_or_kept
from .context import needs, office
from .forms import Fields
from .registry import found

if TYPE_CHECKING:
    from ..exchange.certificate import Size
    from ..exchange.printing import Printing

bp = Blueprint("printing", __name__)

MOST_JOBS = 3
"""Documents kept to be fetched; an older one is printed again."""
AGAIN = "2"
"""Seconds after which the page of a job asks how far it is."""


@bp.get("/records/<number>/sheet.pdf")
@needs("read")
def print_one(number: str) -> ResponseReturnValue:
    """One record as a PDF, with its transcript."""
    from ..exchange.certificate import pdf_of

    one = mine_or_kept(number)
    return _pdf(pdf_of([one], _size(), font=context.services().settings.font,
                       logos=office().academy.logo_bytes), one.number)


def _size() -> Size:
    return "Letter" if request.values.get("size") == "Letter" else "A4"


@bp.post("/academy/printing")
@needs("see-register")
def start() -> ResponseReturnValue:
    """Begin to print what a search found, or what was issued together."""
    from ..exchange.printing import Printing

    records = office().records().all_whole(_wanted())
    if not records:
        raise NotFound(what="records")
    job = Printing(records, _size(), font=context.services().settings.font,
                   logos=office().academy.logo_bytes)
    jobs = context.services().printings
    while len(jobs) >= MOST_JOBS:
        jobs.pop(next(iter(jobs))).stop()
    job_id = token_hex(6)
    jobs[job_id] = job
    return redirect(url_for(".show_job", job_id=job_id), 303)


def _wanted() -> list[Issued]:
    form = Fields(request.form)
    numbers = request.form.getlist("number")
    if numbers:
        return [office().register.record(one) for one in numbers]
    records = found(form)
    if form.errors:
        raise BadField("since", "date")
    return records


@bp.get("/academy/printing/<job_id>")
@needs("see-register")
def show_job(job_id: str) -> ResponseReturnValue:
    """How far a job is; the page asks again by itself, without a script."""
    job = _job(job_id)
    if job.is_over:
        job.result(0)  # what went wrong is said now
    page = make_response(render_template("academy/printing.html", job=job, job_id=job_id))
    if not job.is_over:
        page.headers["Refresh"] = AGAIN
    return page


@bp.get("/academy/printing/<job_id>/records.pdf")
@needs("see-register")
def fetch(job_id: str) -> ResponseReturnValue:
    """The document of a job that is over."""
    job = _job(job_id)
    if not job.is_over:
        return redirect(url_for(".show_job", job_id=job_id), 303)
    return _pdf(job.result(0), "records")


def _job(job_id: str) -> Printing:
    job = context.services().printings.get(job_id)
    if job is None:
        raise NotFound(what="printing")
    return job


def _pdf(data: bytes, name: str) -> Response:
    return Response(data, mimetype="application/pdf",
                    headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
