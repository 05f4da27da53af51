"""When a question comes back: FSRS, the open spaced-repetition scheduler, handed to the core.

One day at the soonest: nobody is asked twice in one sitting what they have just got wrong.
Source of the algorithm and its weights: the `fsrs` package (FSRS-6), target retention 90 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from .core.progress import Review


def schedule(history: Sequence[Review]) -> datetime:
    """The time of the next review, from all answers since the first mistake, oldest first."""
    return _schedule(tuple(history))


@lru_cache(maxsize=20_000)
def _schedule(history: tuple[Review, ...]) -> datetime:
    from fsrs import Card, Rating, Scheduler

    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card = Card(card_id=1, due=_moment(history[0][0]))
    latest = _moment(history[0][0])
    for time, right in history:
        # A clock that was set back must not make the interval negative.
        latest = max(latest, _moment(time))
        card, _ = scheduler.review_card(card, Rating.Good if right else Rating.Again, latest)
    return card.due


def _moment(time: str) -> datetime:
    try:
        moment = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
