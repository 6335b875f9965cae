"""tbb: the service that makes "Tillsammans för barnens bästa" work. Here its parts are put together."""

from __future__ import annotations

import gc
import hashlib
import logging
from pathlib import Path

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from tbb import database
from tbb.case_keys import CaseKeys
from tbb.services import site
from tbb.settings import BadSetting, Settings

__all__ = ["create_app"]

MOST_BYTES = 64 * 1024


def create_app(settings: Settings) -> Flask:
    """Put the application together, in the order in which a request meets its parts, backwards."""
    from tbb import cli, routes
    from tbb.web import (
        access,
        cache,
        connection,
        errors,
        forms,
        headers,
        hypermedia,
        language,
        macros,
        sitting,
        static,
        surroundings,
    )

    app = Flask("tbb", static_folder=None)
    configure(app, settings)
    database.configure(
        settings.database_url,
        threads=settings.threads,
        keyring=settings.keyring,
        case_keys=CaseKeys(settings.case_keys, settings.keyring),
    )
    refuse_demo_data(settings)
    connection.install(app)
    language.install(app)
    sitting.install(app)
    surroundings.install(app)
    hypermedia.install(app)
    macros.install(app)
    access.install(app)
    forms.install(app)
    errors.install(app)
    routes.install(app)
    cli.install(app)
    access.check_routes(app)
    Compress(app)
    cache.install(app, build=build_id(app), hosts=settings.trusted_hosts)
    app.wsgi_app = language.LanguagePrefix(app.wsgi_app)
    static.install(app)
    app.wsgi_app = headers.Envelope(app.wsgi_app, secure=settings.secure)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=1, x_host=0)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Tell Flask what it needs of the settings."""
    app.config.update(
        TBB=settings,
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=100,
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.environment == "test",
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=600,
        COMPRESS_MIMETYPES=["text/html", "text/csv", "application/json", "image/svg+xml", "text/plain"],
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.auto_reload = False
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)


def refuse_demo_data(settings: Settings) -> None:
    """In production, raise BadSetting when the database is the fictional county."""
    if settings.production:
        with database.connection():
            if site.holds_demo_data():
                raise BadSetting(
                    "The database holds demo data, which production refuses. Name another one in TBB_DATABASE_URL."
                )


def build_id(app: Flask) -> str:
    """Name this build by the content of its templates, catalogues and code, so that kept pages end with it."""
    digest = hashlib.sha256()
    for path in sorted(Path(app.root_path).rglob("*")):
        if path.suffix in (".html", ".mo", ".py", ".css", ".js"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def settle() -> None:
    """After the warm-up let the garbage collector forget what is here to stay: it halves the slowest answers."""
    gc.collect()
    gc.freeze()
