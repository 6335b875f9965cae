"""Import of real registers: read files, plan what would change, show it, and do it. Open data out again."""

from tbb.services.registers.apply import StalePlan, apply_plan
from tbb.services.registers.describing import describe, summary
from tbb.services.registers.fetching import NotFetched, fetch_units
from tbb.services.registers.files import FORMATS, read_bytes, read_files
from tbb.services.registers.own_columns import template_csv
from tbb.services.registers.plan import make_plan
from tbb.services.registers.plan_parts import Plan
from tbb.services.registers.records import NotUnderstood, Records, RowError
from tbb.services.registers.skoldata_export import skoldata_csv, skoldata_json, skoldata_rows

__all__ = [
    "FORMATS",
    "NotFetched",
    "NotUnderstood",
    "Plan",
    "Records",
    "RowError",
    "StalePlan",
    "apply_plan",
    "describe",
    "fetch_units",
    "make_plan",
    "read_bytes",
    "read_files",
    "skoldata_csv",
    "skoldata_json",
    "skoldata_rows",
    "summary",
    "template_csv",
]
