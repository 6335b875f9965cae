"""Each timed job is done when it is time, once also with two workers, and none stops another."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tbb import jobs
from tbb.database import connection, rows
from tbb.jobs import DAY, HOUR, JOBS, Job

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SETTINGS = SimpleNamespace(production=True)


class Count:
    """A job that counts how often it is done, and fails as long as it is told to."""

    def __init__(self, fails: bool = False):
        self.times, self.fails = 0, fails

    def __call__(self) -> None:
        self.times += 1
        if self.fails:
            raise ValueError("KANARIE")


def test_a_job_is_done_at_once_and_then_after_its_interval(db, at):
    work = Count()
    table = (Job("count", HOUR, work),)
    for minutes, times in ((0, 1), (59, 1), (60, 2), (61, 2), (119, 2), (120, 3)):
        at(NOON + timedelta(minutes=minutes))
        jobs.run_due(SETTINGS, table)
        assert work.times == times, minutes


def test_what_is_done_daily_is_done_once_each_swedish_day_after_its_hour(db, at):
    work = Count()
    table = (Job("count", DAY, work, hour=6),)
    moments = {
        datetime(2026, 11, 23, 4, 59, tzinfo=UTC): 0,
        datetime(2026, 11, 23, 5, 0, tzinfo=UTC): 1,
        datetime(2026, 11, 23, 23, 30, tzinfo=UTC): 1,
        datetime(2026, 11, 24, 5, 0, tzinfo=UTC): 2,
        datetime(2026, 11, 24, 4, 0, tzinfo=UTC): 2,
        datetime(2027, 3, 27, 5, 0, tzinfo=UTC): 3,
        datetime(2027, 3, 28, 3, 59, tzinfo=UTC): 3,
        datetime(2027, 3, 28, 4, 0, tzinfo=UTC): 4,
        datetime(2027, 10, 31, 4, 59, tzinfo=UTC): 4,
        datetime(2027, 10, 31, 5, 0, tzinfo=UTC): 5,
    }
    for moment, times in moments.items():
        at(moment)
        jobs.run_due(SETTINGS, table)
        assert work.times == times, moment


def test_a_failing_job_stops_no_other_is_logged_by_its_kind_and_tried_again_sooner(db, at, caplog):
    bad, good = Count(fails=True), Count()
    table = (Job("bad", DAY, bad), Job("good", DAY, good))
    at(NOON)
    assert jobs.run_due(SETTINGS, table) == ["good"]
    assert "the job bad: ValueError" in caplog.text and "KANARIE" not in caplog.text
    at(NOON + timedelta(minutes=9))
    jobs.run_due(SETTINGS, table)
    assert bad.times == 1
    bad.fails = False
    at(NOON + timedelta(minutes=10))
    assert jobs.run_due(SETTINGS, table) == ["bad"]
    at(NOON + timedelta(minutes=30))
    assert jobs.run_due(SETTINGS, table) == []


def test_a_job_that_asks_for_them_is_given_the_settings(db):
    given = []
    jobs.run_due(SETTINGS, (Job("asks", HOUR, given.append, asks=True),))
    assert given == [SETTINGS]


def test_two_workers_do_a_job_once(db):
    work = Count()
    table = tuple(Job(f"count-{number}", HOUR, work) for number in range(5))

    def one_worker() -> None:
        with connection():
            jobs.run_due(SETTINGS, table)

    threads = [threading.Thread(target=one_worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert work.times == 5


def test_the_check_tells_in_production_of_what_has_not_been_done_for_long(db, at):
    bad, good = Count(fails=True), Count()
    table = (Job("bad", HOUR, bad), Job("good", HOUR, good), Job("new", HOUR, good))

    def told() -> tuple[bool, str]:
        (finding,) = jobs.findings(SETTINGS, table)
        return finding.well, finding.words

    assert told() == (True, "none has been done yet")
    for minutes in range(0, 181, 30):
        at(NOON + timedelta(minutes=minutes))
        jobs.run_due(SETTINGS, table[:2])
    assert told() == (True, "in time")
    at(NOON + timedelta(minutes=181))
    jobs.run_due(SETTINGS, table[:2])
    assert told() == (False, "not done for long: bad")
    at(NOON + timedelta(days=2))
    assert told() == (False, "not done for long: bad, good")
    assert jobs.findings(SimpleNamespace(production=False), table) == []


def test_the_table_has_jobs_of_different_names_that_all_run(db):
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names)) and all(len(f"job:{name}") <= 40 for name in names)
    assert len(names) >= 7


@pytest.mark.parametrize("job", [job for job in JOBS if not job.asks], ids=lambda job: job.name)
def test_every_job_can_be_done_twice(db, job):
    for _ in range(2):
        assert jobs.run_due(SETTINGS, (Job(job.name, timedelta(0), job.do),)) == [job.name]
    assert len(rows("SELECT 1 FROM meta WHERE key LIKE 'job:%'")) == 1
