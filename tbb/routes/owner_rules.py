"""What a huvudman decides for its units: borders of secrecy, and whose yes is needed to cross them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tbb.forms.owner_rules import BOARD, GUARDIANS_NOTES, REGIMES_NOTES, RulesForm
from tbb.policy import Permission
from tbb.services import case_ownership, owner_rules
from tbb.web.access import requires
from tbb.web.hypermedia import page, see_other
from tbb.web.sitting import actor, notify
from tbb.web.words import kind_name

bp = Blueprint("owner_rules", __name__)


@bp.get("/arbetsyta/regler")
@requires(Permission.KEEP_RULES, fresh=True)
def rules() -> Response:
    """Show what is decided, and ask for a new decision."""
    shown = _shown(request.args.get("huvudman", ""))
    form = RulesForm(formdata=None, data=_values(shown)).offer(shown.boards)
    return _page(shown, form)


@bp.post("/arbetsyta/regler")
@requires(Permission.KEEP_RULES, fresh=True)
def change() -> BaseResponse:
    """Decide."""
    shown, form = _shown(request.form.get("huvudman", "")), RulesForm()
    form.offer(shown.boards)
    if form.validate() and _decided(shown, form):
        return see_other(url_for("owner_rules.rules", huvudman=shown.organizer))
    return _page(shown, form, status=422)


@bp.get("/arbetsyta/utan-ansvarig")
@requires(Permission.READ_COVERAGE)
def ownerless() -> Response:
    """List the units where something waits and nobody with an account answers."""
    return page("owner_rules/ownerless.html", units=case_ownership.of(actor()))


def _decided(shown: owner_rules.Shown, form: RulesForm) -> bool:
    """Decide, or say why that cannot be."""
    decision = {
        "guardians": form.guardians.data,
        "regime": form.regime.data,
        "boards": form.boards(),
        "decided_on": form.decided_on.data,
        "decision": form.decision.data,
        "seen": form.seen.data or "",
    }
    try:
        changed = owner_rules.change(actor(), shown.organizer, **decision)
    except owner_rules.ChangedMeanwhile:
        form.form_errors.append("Någon annan har ändrat reglerna. Läs in sidan på nytt och börja om.")
        return False
    notify("Sparat. Reglerna gäller från och med nu." if changed else "Inget var ändrat.")
    return True


def _shown(number: str) -> owner_rules.Shown:
    """The rules of the huvudman that is asked for, else of the actor's first."""
    own = owner_rules.own(actor()) or abort(404)
    wanted = int(number) if number.isdecimal() and len(number) < 10 else own[0][0]
    return owner_rules.show(actor(), wanted) or abort(404)


def _values(shown: owner_rules.Shown) -> dict[str, object]:
    boards = {f"{BOARD}{kind}": board for kind, board in shown.boards.items()}
    return boards | {
        "seen": shown.version,
        "guardians": shown.guardians,
        "regime": shown.regime,
        "decision": shown.decision,
        "decided_on": shown.decided_on,
    }


def _page(shown: owner_rules.Shown, form: RulesForm, status: int = 200) -> Response:
    told = {
        "names": {kind: kind_name(kind) for kind in shown.boards},
        "others": owner_rules.own(actor()),
        "guardians_notes": GUARDIANS_NOTES,
        "regimes_notes": REGIMES_NOTES,
    }
    return page("owner_rules/rules.html", status=status, shown=shown, form=form, **told)
