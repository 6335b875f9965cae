"""Open data: the directory as files for others to build on, and the page that explains them."""

from __future__ import annotations

from flask import Blueprint, Response

from tbb import clock
from tbb.services.registers import template_csv
from tbb.services.registers.skoldata import COLUMNS
from tbb.services.registers.skoldata_export import OUR_COLUMNS, skoldata_csv, skoldata_json, skoldata_rows
from tbb.web.access import public
from tbb.web.cache import cached
from tbb.web.hypermedia import page

bp = Blueprint("opendata", __name__)


@bp.get("/oppna-data")
@public
@cached
def about() -> Response:
    """Explain what the files hold and under which licence."""
    return page("content/opendata.html", columns=COLUMNS, extra=OUR_COLUMNS)


@bp.get("/oppna-data/skolor.csv")
@public
@cached
def csv() -> Response:
    """Give the directory by the national specification for skoldata."""
    return _file("".join(skoldata_csv(skoldata_rows(today=clock.today()))), "text/csv", "skolor.csv")


@bp.get("/oppna-data/skolor.json")
@public
@cached
def json() -> Response:
    """Give the same as JSON."""
    return _file("".join(skoldata_json(skoldata_rows(today=clock.today()))), "application/json", "skolor.json")


@bp.get("/oppna-data/mall.csv")
@public
@cached
def template() -> Response:
    """Give the template of our own file for what no register holds."""
    return _file(template_csv(), "text/csv", "mall.csv")


def _file(text: str, kind: str, name: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
