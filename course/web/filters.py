"""How times, dates and numbers look in the page's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from babel import Locale
from flask import Flask
from flask_babel import format_date, format_decimal, format_percent, gettext
from markupsafe import Markup, escape

from ..core.table import cells
from . import context


def install(app: Flask) -> None:
    """Give the templates these filters."""
    for name, function in {"clock": clock, "day": day, "when": when, "number": number,
                           "percent": percent, "stamp": local_time,
                           "language_name": language_name, "cells": cells}.items():
        app.jinja_env.filters[name] = function
    app.jinja_env.globals["lang_of"] = lang_of


def local_time(time: str | datetime) -> datetime | None:
    """An ISO time in the zone of the laptop; None for what is no time."""
    if isinstance(time, datetime):
        return time.astimezone()
    try:
        return datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone()
    except (ValueError, OverflowError):
        return None


def _time_tag(moment: datetime, words: str) -> Markup:
    iso = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}"><bdi>{}</bdi></time>').format(iso, words)


def clock(time: str | datetime) -> Markup:
    """The hour and minute: 14:32."""
    moment = local_time(time)
    return _time_tag(moment, moment.strftime("%H:%M")) if moment else Markup("")


def day(time: str | datetime) -> Markup:
    """The date, in the form of the page's language."""
    moment = local_time(time)
    return _time_tag(moment, format_date(moment.date(), "long")) if moment else Markup("")


def when(time: str | datetime) -> Markup:
    """Today and yesterday by name with the hour, other days by date."""
    moment = local_time(time)
    if moment is None:
        return Markup("")
    today = context.services().now().astimezone().date()
    hour = moment.strftime("%H:%M")
    if moment.date() == today:
        return _time_tag(moment, gettext("today, %(time)s", time=hour))
    if moment.date() == today - timedelta(days=1):
        return _time_tag(moment, gettext("yesterday, %(time)s", time=hour))
    return _time_tag(moment, format_date(moment.date(), "medium"))


def number(value: float) -> str:
    """A number as the page's language writes it; small whole ones are the same in all of them."""
    if type(value) is int and 0 <= value < 1000:
        return str(value)
    return format_decimal(value)


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage without decimals."""
    return format_percent(share)


def language_name(code: str) -> str:
    """A language's name in the language of the page; its code where that is not known."""
    return Locale.parse(code).get_display_name(context.locale()) or code


def lang_of(thing: Any) -> Markup:
    """` lang="…" dir="…"` for what is in another language than the page, else nothing."""
    language = getattr(thing, "language", None)
    if language is None or language.code == context.locale():
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(escape(language.code), escape(language.direction))
