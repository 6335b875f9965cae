"""The timed jobs: one table of what is done how often, and the marks in the database of when it last was."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tbb import clock
from tbb.database import one_at_a_time, rows, run, transaction
from tbb.services import (
    applying,
    articles,
    audit_alarms,
    audit_anchor,
    audit_review,
    banners,
    busy_times,
    carrying,
    case_ownership,
    case_reminders,
    confirmations,
    consent_days,
    contact_changes,
    coverage,
    delegations,
    doomed_keys,
    drafts,
    federation_leavers,
    feedback,
    forgetting,
    gaps,
    guests,
    handovers,
    happening_writing,
    joining,
    letters,
    limits,
    meeting_asking,
    meeting_leavers,
    newsletter_journal,
    newsletter_sending,
    plan_owners,
    plan_reminders,
    receipts,
    rooms,
    search,
    sittings,
    subscribing,
    talk_letters,
    talks,
    tokens,
    transition_round,
    transitions,
    uploads,
    versions,
    wall_keeping,
)
from tbb.services.health import Finding
from tbb.settings import Settings

log = logging.getLogger("tbb.jobs")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOONER = 10 * MINUTE
"""When to try again what did not succeed, unless its own time comes first."""
LATE = 3
"""A job that has not succeeded for this many of its intervals is told of by `flask check`."""
NEVER = datetime.fromtimestamp(0, tz=clock.STOCKHOLM)


@dataclass(frozen=True)
class Job:
    """A line of the table. What is done every DAY is done once each Swedish day, after `hour` o'clock.

    `do` is a service function that is safe to run twice; with `asks` it is given the settings.
    """

    name: str
    every: timedelta
    do: Callable[..., Any]
    hour: int = 0
    asks: bool = False


@dataclass(frozen=True)
class Mark:
    """When a job was first begun, when it last was, and when it last succeeded."""

    since: datetime = NEVER
    begun: datetime = NEVER
    done: datetime = NEVER


@transaction
def begin_day() -> None:
    """Let the search, and the pages made since midnight, know whose responsibilities began or ended by themselves."""
    if search.reindex_changed_by_date(clock.today()):
        versions.bump(versions.DIRECTORY)


def ask_for_confirmation(settings: Settings) -> None:
    """Ask every Barnets bästa-ansvarig of the term whether all is right, remind and tell on, as the day has it."""
    confirmations.watch(settings.term_starts)


def keep_coverage(settings: Settings) -> None:
    """Keep the figures of the day for the coverage board's trend."""
    coverage.keep_record(settings.term_starts)


def forget_journals(settings: Settings) -> None:
    """Remove old journals of newsletter letters that have left."""
    newsletter_journal.forget_old(settings.instance)


JOBS: tuple[Job, ...] = (
    Job("begin-day", DAY, begin_day),
    Job("forget-feedback", HOUR, feedback.forget_old),
    Job("forget-counts", 10 * MINUTE, limits.forget_old_counts),
    Job("forget-sittings", 10 * MINUTE, sittings.forget_ended),
    Job("forget-tokens", HOUR, tokens.forget_old),
    Job("forget-carried", MINUTE, carrying.forget_late),
    Job("forget-receipts", HOUR, receipts.forget_old),
    Job("forget-letters", DAY, letters.forget_old, hour=3),
    Job("forget-drafts", DAY, drafts.forget_old, hour=3),
    Job("forget-talks", HOUR, talks.forget_old),
    Job("forget-uploads", HOUR, uploads.forget_old),
    Job("forget-applications", HOUR, applying.forget_old),
    Job("contact-changes", MINUTE, contact_changes.apply_due),
    Job("audit-alarms", MINUTE, audit_alarms.watch, asks=True),
    Job("audit-anchor", HOUR, audit_anchor.anchor_if_due, asks=True),
    Job("audit-samples", DAY, audit_review.draw, hour=5),
    Job("confirmations", DAY, ask_for_confirmation, hour=7, asks=True),
    Job("gaps", DAY, gaps.watch, hour=7),
    Job("handovers", DAY, handovers.remind, hour=7),
    Job("offers", DAY, transitions.remind, hour=7),
    Job("transition-round", DAY, transition_round.ask, hour=7),
    Job("joining", DAY, joining.keep_up, hour=7),
    Job("busy-times", 5 * MINUTE, busy_times.fetch_due, asks=True),
    Job("remind-of-talks", 10 * MINUTE, talk_letters.remind),
    Job("case-owners", MINUTE, case_ownership.watch),
    Job("case-reminders", DAY, case_reminders.remind, hour=7),
    Job("meeting-leavers", MINUTE, meeting_leavers.watch),
    Job("plan-owners", MINUTE, plan_owners.watch),
    Job("plan-reminders", DAY, plan_reminders.remind, hour=7),
    Job("plan-followups", DAY, plan_reminders.escalate, hour=7),
    Job("delegations", DAY, delegations.expire),
    Job("keep-walls", DAY, wall_keeping.keep, hour=4),
    Job("free-rooms", DAY, rooms.forget_gone, hour=3),
    Job("meeting-reminders", DAY, meeting_asking.remind_the_silent, hour=7),
    Job("end-consents", DAY, consent_days.end),
    Job("consent-reminders", DAY, consent_days.remind, hour=7),
    Job("disable-unused", DAY, federation_leavers.disable_unused, hour=3),
    Job("coverage", DAY, keep_coverage, hour=4, asks=True),
    Job("doomed-keys", MINUTE, doomed_keys.destroy_doomed),
    Job("orphan-keys", DAY, doomed_keys.destroy_orphans, hour=4),
    Job("draw-forgetting", DAY, forgetting.draw_monthly, hour=6),
    Job("carry-out-forgetting", MINUTE, forgetting.carry_out),
    Job("news-by-time", MINUTE, articles.turn_by_time),
    Job("banners-by-time", MINUTE, banners.turn_by_time),
    Job("remind-guests", HOUR, guests.remind),
    Job("forget-guests", DAY, guests.forget_old, hour=4),
    Job("happenings-by-time", MINUTE, happening_writing.turn_by_time),
    Job("paused-newsletters", MINUTE, newsletter_sending.keep_paused),
    Job("forget-subscription-letters", DAY, subscribing.forget_old, hour=3),
    Job("forget-newsletter-letters", DAY, newsletter_sending.forget_old, hour=3),
    Job("forget-newsletter-journals", DAY, forget_journals, hour=3, asks=True),
)


def run_due(settings: Settings, table: tuple[Job, ...] = JOBS) -> list[str]:
    """Do what is due and name what succeeded; one that fails is logged by its kind and stops no other."""
    succeeded, marks = [], _marks()
    for job in table:
        if not _is_due(job, marks.get(job.name, Mark())) or not _begin(job):
            continue
        try:
            job.do(settings) if job.asks else job.do()
            _note_done(job)
        except Exception as problem:
            log.error("the job %s: %s", job.name, type(problem).__name__)
        else:
            succeeded.append(job.name)
    return succeeded


def findings(settings: Settings, table: tuple[Job, ...] = JOBS) -> list[Finding]:
    """Say, in production, which jobs have not succeeded for too long; one that is new is given its time."""
    if not settings.production:
        return []
    marks, moment = _marks(), clock.now()
    late = [
        job.name
        for job in table
        if job.name in marks and moment - max(marks[job.name].done, marks[job.name].since) > LATE * job.every
    ]
    words = f"not done for long: {', '.join(late)}" if late else "in time" if marks else "none has been done yet"
    return [Finding("jobs", not late, words)]


def _is_due(job: Job, mark: Mark) -> bool:
    moment = clock.now()
    if mark.begun > mark.done:
        return moment - mark.begun >= min(SOONER, job.every)
    if job.every < DAY:
        return moment - mark.begun >= job.every
    today = clock.local(moment)
    return clock.local(mark.begun).date() + job.every <= today.date() and today.hour >= job.hour


@transaction
def _begin(job: Job) -> bool:
    """Mark that a job begins; False when another worker was first."""
    one_at_a_time(f"job {job.name}")
    mark, moment = _marks().get(job.name, Mark()), clock.now()
    if not _is_due(job, mark):
        return False
    _write(job, Mark(mark.since if mark.since != NEVER else moment, moment, mark.done))
    return True


@transaction
def _note_done(job: Job) -> None:
    mark = _marks()[job.name]
    _write(job, Mark(mark.since, mark.begun, max(mark.begun, clock.now())))


def _marks() -> dict[str, Mark]:
    """Read all marks; the meta table holds each as three moments."""
    return {
        key.removeprefix("job:"): Mark(*(datetime.fromisoformat(part) for part in value.split()))
        for key, value in rows("SELECT key, value FROM meta WHERE key LIKE 'job:%'")
    }


def _write(job: Job, mark: Mark) -> None:
    value = " ".join(moment.isoformat() for moment in (mark.since, mark.begun, mark.done))
    run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (f"job:{job.name}", value),
    )
