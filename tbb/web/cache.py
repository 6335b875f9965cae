"""Public pages are made once per content version: a validator before rendering, and a memory of made pages."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, make_response, request
from peewee import PeeweeException
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.http import parse_cookie

from tbb import clock
from tbb.database import connection
from tbb.services import versions
from tbb.web.shell import SCHEME_COOKIE, SCHEMES
from tbb.web.sitting import COOKIES

View = TypeVar("View", bound=Callable[..., Any])
MARK = "X-TBB-Keep"
VARY = "Accept-Encoding, Accept-Language, Cookie, HX-Request, HX-Request-Type"
ENCODINGS = ("br", "gzip")
HTMX_HEADERS = ("HTTP_HX_REQUEST", "HTTP_HX_REQUEST_TYPE", "HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST")
LONGEST_QUERY = 300
ROOM = 3 * 2**20
"""Bytes of pages that a process remembers."""
OVERHEAD = 2_000
"""What a page costs beside its body: its key and headers."""


def cached(view: View) -> View:
    """Let a public page be kept until the directory changes or the day ends: it must depend on nothing else."""

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Response:
        etag = validator(request.environ, versions.current(versions.DIRECTORY))
        if request.if_none_match.contains_weak(etag):
            response = Response(status=304)
        else:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200:
                return response
        response.set_etag(etag, weak=True)
        response.headers[MARK] = etag
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["Vary"] = VARY
        return response

    kept.is_cached = True
    return kept


def validator(environ: dict[str, Any], version: int) -> str:
    """Name what a page would look like now, without making it."""
    seen = "\n".join((*key_of(environ), str(version), clock.today().isoformat(), environ["tbb.build"]))
    return hashlib.blake2s(seen.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def key_of(environ: dict[str, Any]) -> tuple[str, ...]:
    """Everything in a request that decides how a public page looks, and nothing that a visitor can invent."""
    cookies = environ.get("HTTP_COOKIE", "")
    known = parse_cookie(cookies) if cookies else {}
    scheme = known.get(SCHEME_COOKIE, "")
    htmx = tuple(name for name in HTMX_HEADERS if environ.get(name, "false") != "false")
    return (
        environ["tbb.language"],
        "named" if environ.get("tbb.language_named") else "",
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        ",".join(htmx) + (environ.get("HTTP_HX_REQUEST_TYPE", "") if htmx else "")[:10],
        scheme if scheme in SCHEMES else "",
        "at work" if any(name in known for name in COOKIES) else "",
        encoding_of(environ),
    )


def encoding_of(environ: dict[str, Any]) -> str:
    """Choose one of few encodings, so that browsers' many ways of asking share the same kept page."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    return next((encoding for encoding in ENCODINGS if encoding in accepted), "")


class PageCache:
    """Answer from memory when nothing has changed. One per process; the version in the database keeps all true."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, build: str, hosts: tuple[str, ...], room: int = ROOM):
        self.app = app
        self.build = build
        self.hosts = frozenset(hosts)
        self.room = room
        self.used = 0
        self.kept: OrderedDict[tuple[str, ...], tuple[str, list[tuple[str, str]], bytes]] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["tbb.build"] = self.build
        environ["HTTP_ACCEPT_ENCODING"] = encoding_of(environ)
        if not self._may_keep(environ):
            return self._make(None, environ, start_response)
        key = key_of(environ)
        found = self.kept.get(key)
        if found is None:
            return self._make(key, environ, start_response)
        etag, headers, body = found
        if not self._is_fresh(etag, environ):
            return self._make(key, environ, start_response)
        if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", [pair for pair in headers if not pair[0].startswith("Content-")])
            return []
        start_response("200 OK", headers)
        return [body]

    def forget(self) -> None:
        """Forget every page, for another database."""
        with self.lock:
            self.kept.clear()
            self.used = 0

    def _may_keep(self, environ: dict[str, Any]) -> bool:
        asked = environ["REQUEST_METHOD"] == "GET" and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
        return asked and environ.get("HTTP_HOST", "").partition(":")[0] in self.hosts

    def _is_fresh(self, etag: str, environ: dict[str, Any]) -> bool:
        """Whether a kept page is still true; not when the database is away, and then the application tells so."""
        try:
            with connection():
                return etag == validator(environ, versions.current(versions.DIRECTORY))
        except (PeeweeException, MaxConnectionsExceeded):
            return False

    def _make(self, key: tuple[str, ...] | None, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the application make the page; with a key, keep it when it is marked as one to keep."""
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            mark = next((value for name, value in headers if name == MARK), None)
            headers = [pair for pair in headers if pair[0] != MARK]
            told[:] = [status, mark, headers]
            return start_response(status, headers, exc_info)

        answer = self.app(environ, start)
        if key is None or not told or told[1] is None or not told[0].startswith("200"):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        self._keep(key, (told[1], told[2], body))
        return [body]

    def _keep(self, key: tuple[str, ...], page: tuple[str, list[tuple[str, str]], bytes]) -> None:
        """Remember a page, and forget the oldest ones when there is no more room."""
        with self.lock:
            if key in self.kept:
                self.used -= len(self.kept.pop(key)[2]) + OVERHEAD
            self.kept[key] = page
            self.used += len(page[2]) + OVERHEAD
            while self.used > self.room:
                _, (_, _, body) = self.kept.popitem(last=False)
                self.used -= len(body) + OVERHEAD


def install(app: Flask, build: str, hosts: tuple[str, ...]) -> None:
    """Put the memory in front of the application."""
    app.wsgi_app = app.extensions["tbb_page_cache"] = PageCache(app.wsgi_app, build=build, hosts=hosts)
