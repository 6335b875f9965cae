"""The pages of a barnkonsekvensanalys: written, guarded, merged, finished, shared, copied, printed and removed."""

from __future__ import annotations

import pytest

from tbb.database import connection
from tbb.models import Assessment, AuditRow
from tbb.services import actors, assessments, demo_assessments
from tests.conftest import go
from tests.people import account, send, signed_in, submit

SHELF = "/arbetsyta/barnkonsekvensanalyser"
WHOLE = demo_assessments.MOVE | {"follow_on": "2027-03-01"}


def begun(persona: str, *, shared: bool = False, title: str = "Ny skolgård", **answers) -> str:
    """Let one of the cast have begun an analysis; give its address."""
    with connection():
        actor = actors.of_account(account(persona))
        key = assessments.begin(actor, title, assessments.places(actor)[0], answers)
        assessments.share(actor, key, shared)
    return f"{SHELF}/{key}"


def kept() -> list:
    """All that these pages could change."""
    with connection():
        return [list(model.select().dicts()) for model in (Assessment, AuditRow)]


def test_one_is_begun_written_guarded_and_saved(county):
    client = signed_in(county, "personal")
    assert "Du har inte gjort någon analys än" in go(client, SHELF).words
    wrong = submit(client, f"{SHELF}/ny", {"title": ""}, action="/ny", status=422)
    assert wrong.title.startswith("Fel:") and "Skriv vad analysen handlar om" in wrong.words
    made = submit(client, f"{SHELF}/ny", {"title": "Ny skolgård"}, action="/ny")
    assert "Skriv inga uppgifter om enskilda barn." in made.words
    with connection():
        path = f"{SHELF}/{Assessment.get().key}"
    typed = {"decision": "Vi frågade Anna Exempelsson.", "halsa.effect": "better", "then": "stay"}
    saved = submit(client, f"{path}/andra", typed, action="/andra")
    assert "Sparat." in saved.words and "Det ser ut att stå ett efternamn här" in saved.words
    before = kept()
    wrong = submit(client, f"{path}/andra", {"children": "Ett barn, 121212-1212."}, action="/andra", status=422)
    assert wrong.title.startswith("Fel:") and "Ta bort personnumret" in wrong.words
    assert "121212-1212" in wrong.text and kept() == before
    wrong = submit(client, f"{path}/andra", {"follow_on": "i vår", "halsa.effect": "x"}, action="/andra", status=422)
    assert "Skriv dagen så här: 2026-11-23." in wrong.words and kept() == before
    read = submit(client, f"{path}/andra", {"then": "read"}, action="/andra")
    assert "Blir bättre" in read.words and "Inte besvarat." in read.words


def test_two_windows_meet_on_a_page_that_keeps_both(county):
    client, path = signed_in(county, "bba"), begun("bba", decision="Före")
    old = go(client, f"{path}/andra")
    submit(client, f"{path}/andra", {"decision": "Den ena"}, action="/andra")
    merge = send(client, old, path, {"decision": "Den andra", "children": "Alla"}, action="/andra", status=409)
    assert "Den ena" in merge.words and "Den andra" in merge.words and "Inget är borta" in merge.words
    done = send(client, merge, path, {"decision": "Båda"}, action="/andra")
    assert "Sparat." in done.words
    with connection():
        said = assessments.find(actors.of_account(account("bba")), path.rpartition("/")[2]).answers
    assert (said["decision"], said["children"]) == ("Båda", "Alla")


def test_one_is_finished_shared_read_by_others_and_copied(county):
    client, path = signed_in(county, "bba"), begun("bba")
    before = kept()
    lacking = submit(client, path, action="/klar", status=422)
    assert "Skriv en slutsats." in lacking.words and kept() == before
    submit(client, f"{path}/andra", WHOLE, action="/andra")
    done = submit(client, path, action="/klar")
    assert "Analysen är klar." in done.words and "Gör en ny version" in done.words
    assert client.get(f"{path}/andra").status_code == 303
    assert "Nu finns analysen i biblioteket." in submit(client, path, action="/dela").words
    reader = signed_in(county, "personal")
    assert path in go(reader, f"{SHELF}?q=skolgård").links and path not in go(reader, f"{SHELF}?q=badhus").links
    shown = go(reader, path)
    assert "Blir sämre" in shown.words and "Dela analysen" not in shown.words
    assert "Kopia av Ny skolgård" in submit(reader, path, action="/kopia").words
    assert "bara du som kan läsa" in submit(client, path, action="/dela").words
    go(reader, path, status=404)


def test_a_draft_is_removed_after_a_question(county):
    client, path = signed_in(county, "bba"), begun("bba")
    assert "Utkastet är borttaget." in submit(client, f"{path}/ta-bort", action="/ta-bort").words
    go(client, path, status=404)
    go(client, f"{path}/ta-bort", status=404)


def test_the_report_is_a_pdf_whose_name_says_nothing(county):
    answer = signed_in(county, "bba").get(begun("bba", **WHOLE) + ".pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == 'inline; filename="barnkonsekvensanalys.pdf"'


@pytest.mark.parametrize("end", ["", "/andra", "/ta-bort", ".pdf"])
def test_strangers_are_told_nothing_and_looking_changes_nothing(county, end):
    path = begun("bba")
    before = kept()
    for persona in ("personal", "granne", "processledare"):
        assert signed_in(county, persona).get(path + end).status_code == 404
    assert county.test_client().get(path + end).status_code == 303
    assert signed_in(county, "bba").get(path + end).status_code == 200
    with connection():
        assert [list(Assessment.select().dicts())] == before[:1]


def test_readers_of_a_shared_one_may_not_change_it(county):
    path, reader = begun("bba", shared=True), signed_in(county, "personal")
    own = begun("personal")
    forms = {"/andra": f"{own}/andra", "/klar": own, "/dela": own, "/ta-bort": f"{own}/ta-bort"}
    before = kept()[:1]
    for end, mine in forms.items():
        shown = go(reader, mine)
        for form in shown.soup.select("form"):
            if (form.get("action") or "").endswith(end):
                form["action"] = path + end
        send(reader, shown, mine, {"title": "Annat"} if end == "/andra" else None, action=path + end, status=403)
    for end in ("/andra", "/ta-bort"):
        go(reader, path + end, status=403)
    assert kept()[:1] == before
