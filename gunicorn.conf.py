"""How gunicorn serves tbb; found by gunicorn itself in the folder it starts in."""

import os
import sys
from pathlib import Path

from tbb.serve import HOST, port_of
from tbb.settings import BadSetting, read_settings

try:
    # Read here too, once, so that a wrong setting ends the start with one sentence instead of one per worker.
    threads = read_settings(os.environ).threads
    bind = f"{HOST}:{port_of(os.environ)}"
except BadSetting as problem:
    sys.exit(f"tbb cannot start. {problem}")

worker_class = "gthread"
# A process per core does the work; threads only keep slow visitors from blocking each other.
workers = int(os.environ.get("WEB_CONCURRENCY") or len(os.sched_getaffinity(0)))
timeout = 60
graceful_timeout = 20
keepalive = 5
# A worker that has served long is replaced, and never all at once.
max_requests = 20_000
max_requests_jitter = 2_000
# The sign of life must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
# The application writes its own line per request, without addresses and queries.
accesslog = None
proc_name = "tbb-web"


def post_fork(server, worker):
    """Let a worker read the code as it is now: after an upgrade and a reload the master still holds the old."""
    for name in [name for name in sys.modules if name == "tbb" or name.startswith("tbb.")]:
        del sys.modules[name]


def post_worker_init(worker):
    """Make the first visitor's wait as short as everybody else's."""
    from tbb import settle
    from tbb.serve import warm_up

    warm_up(worker.app.wsgi())
    settle()
