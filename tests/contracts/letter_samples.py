"""What each letter may be told, for the tests that write every one of them: one sample for each of its faces."""

from __future__ import annotations

from typing import Any

UNITS = {"units": ["Näckrosskolan F–6", "Förskolan Humlan"], "more": 3}
GAPS = {"units": [{"label": "Näckrosskolan F–6", "since": "2026-11-24"}], "more": 0, "path": "/arbetsyta/verksamheter"}
MEETING = {"reference": "M-7K3M2Q", "unit": "Näckrosskolan", "path": "/svar/abc"}
TIMES = [{"wall": "2026-12-01T13:00", "minutes": 60}, {"wall": "2026-12-02T09:30", "minutes": 60}]
ANCHOR = f"2026-11-23T12:00:00Z row=17 count=17 digest={'ab12' * 16}"

BOOKED = {
    "reference": "S-7K3M2Q", "day": "tisdag 24 november 2026", "time": "09:00", "unit": "Näckrosskolan",
    "way": "phone", "meets_at": "", "by_host": False, "path": "/sv/bokning/abc",
}  # fmt: skip
WAYS = [
    BOOKED, BOOKED | {"way": "video", "unit": ""}, BOOKED | {"way": "visit", "meets_at": "Näckrosskolan, Ågatan 1"},
]  # fmt: skip

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "alarm": [{"path": "/arbetsyta/logg/larm/1"}],
    "anchor": [{"line": ANCHOR}],
    "application_decided": [
        {"reference": "AN-2026-7", "approved": True, "reason": "", "kept": ["Skolan A"], "path": "/arbetsyta"},
        {"reference": "AN-2026-7", "approved": False, "reason": "Vi nådde er inte.", "kept": [], "path": "/anslut"},
    ],
    "application_question": [{"reference": "AN-2026-7", "path": "/anslut/abc", "days": 30}],
    "application_received": [{"reference": "AN-2026-7", "organization": "Exempelskolan AB"}],
    "application_start": [{"path": "/anslut/abc", "days": 30}],
    "application_waiting": [
        {"reference": "AN-2026-7", "organization": "Exempelskolan AB", "stage": stage, "path": "/arbetsyta/x"}
        for stage in ("first", "second")
    ],
    "appointed": [
        {"role": "Barnets bästa-ansvarig", "first_day": "2026-12-01", "units": UNITS["units"], "path": "/enhet/x"}
    ],
    "appointed_notice": [{"role": "ersättare", "unit": "Näckrosskolan", "path": "/arbetsyta/x"}],
    "case_delegated": [{"path": "/arenden", "last_day": "2026-12-31"}],
    "case_unattended": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x"}],
    "case_without_owner": [
        {"unit": "Näckrosskolan", "closed": closed, "path": "/arbetsyta/x"} for closed in (True, False)
    ],
    "guest_confirm": [
        {"title": "Barnets röst i mötet", "comes": comes, "path": "/pamin/abc"} for comes in (True, False)
    ],
    "guest_reminder": [
        {
            "title": "Barnets röst",
            "time": "2026-12-01 12.00",
            "place": place,
            "path": "/webbinarier/x",
            "leave_path": "/pamin/a",
        }
        for place in ("", "Exempelhallen")
    ],
    "handover_accepted": [{"path": "/arenden/overgangar"}],
    "handover_offered": [{"path": "/arenden/overgangar"}],
    "transition_round": [{"path": "/arenden/overgangar"}],
    "case_waiting": [{"count": count, "path": "/arenden"} for count in (1, 3)],
    "consent_ending": [{"path": "/arenden"}],
    "confirm_entry": [
        UNITS | {"term": "höstterminen 2026", "yours": yours, "path": "/b/abc"} for yours in (True, False)
    ],
    "confirm_reminder": [UNITS | {"term": "höstterminen", "yours": yours, "path": "/b/abc"} for yours in (True, False)],
    "confirm_silence": [UNITS | {"term": "höstterminen 2026", "path": "/arbetsyta/verksamheter"}],
    "contact_change_done": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x", "when": "2026-11-24 kl. 12.00"}],
    "contact_change_stopped": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x", "when": "2026-11-24 kl. 12.00"}],
    "contact_change_waiting": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x", "when": "2026-11-24 kl. 12.00"}],
    "coordinator_appointed": [
        {"reference": "M-7K3M2Q", "unit": "Näckrosskolan", "signs_in": signs_in, "path": "/moten/abc/anteckningar/las"}
        for signs_in in (True, False)
    ],
    "coverage_reminder": [
        UNITS | {"name": "Leila Testborg", "path": "/arbetsyta/verksamheter"},
        {"name": "Leila Testborg", "units": ["Näckrosskolan"], "more": 0, "path": "/arbetsyta/verksamheter"},
    ],
    "duty_given": [{"name": "Leila Testborg", "path": "/konto"}],
    "extract_decided": [{"path": "/arenden/abc/utdrag/abc"}],
    "extract_waiting": [{"path": "/arenden/abc/utdrag/abc"}],
    "factor_changed": [{"what": "En ny passnyckel är tillagd.", "when": "2026-11-23 kl. 14.05"}],
    "fault_answered": [{"answer": "Tack! Numret är rättat.", "path": "/enhet/x"}],
    "fault_reported": [{"unit": "Näckrosskolan", "path": "/arbetsyta/felanmalningar/abc"}],
    "feedback": [{"page": "/enhet/x", "number": 7}, {"page": "startsidan", "number": 7}],
    "flag_raised": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x"}],
    "flag_settled": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x"}],
    "forgetting_waiting": [
        {"stage": stage, "count": count, "path": "/arbetsyta/gallring/listor/abc"}
        for stage, count in (("propose", 1), ("approve", 23), ("done", 23))
    ],
    "gap_county": [GAPS | {"foreseen": foreseen, "more": 2} for foreseen in (True, False)],
    "gap_organizer": [GAPS | {"foreseen": foreseen} for foreseen in (True, False)],
    "gap_unit": [GAPS | {"foreseen": foreseen} for foreseen in (True, False)],
    "handover_to_confirm": [
        {"unit": "Näckrosskolan", "path": "/arbetsyta/x", "yours": yours, "first_day": "2026-12-01"}
        for yours in (True, False)
    ],
    "invitation": [
        {"name": "Helena Exempelsson", "organizer": organizer, "path": "/inbjudan/abc", "last_day": "30 november 2026"}
        for organizer in ("Flens kommun", "")
    ],
    "joining_left": [{"organization": "Exempelskolan AB", "last_day": "2026-12-31"}],
    "joining_renewal": [
        {"organization": "Exempelskolan AB", "renew_by": "2026-12-31", "path": "/arbetsyta/x", "again": again}
        for again in (True, False)
    ],
    "newsletter_confirm": [{"path": "/nyhetsbrev/bekrafta/abc", "days": 7}],
    "newsletter_known": [{"path": "/nyhetsbrev/mina/abc"}],
    "meeting_ask": [
        MEETING | {"slots": TIMES, "again": again, "answers_by": by, "signs_in": again}
        for again, by in ((False, "2026-11-27"), (True, "2026-11-27"), (False, ""))
    ],
    "meeting_cancel": [
        {"reference": "M-7K3M2Q", "unit": "Näckrosskolan", "called_off": off, "time": time}
        for off in (True, False)
        for time in (TIMES[0], None)
    ],
    "meeting_confirm": [MEETING],
    "meeting_request": [
        MEETING | {"time": TIMES[0], "place": place, "video": video, "changed": changed, "signs_in": changed}
        for changed, place, video in (
            (False, "Rum Näckrosen, Skolgatan 1", False),
            (True, "", True),
            (True, "Rum Näckrosen", True),
        )
    ],
    "minutes_ready": [{"reference": "M-7K3M2Q", "path": "/moten/abc/anteckningar/las"}],
    "password_changed": [{"name": "Helena Exempelsson", "when": "2026-11-23 kl. 14.05", "path": "/nytt-losenord"}],
    "plan_action": [{"late": late, "path": "/planer/abc"} for late in (True, False)],
    "plan_action_elsewhere": [{"late": late} for late in (True, False)],
    "plan_followup": [{"what": what, "path": "/planer/abc"} for what in ("book", "record")],
    "plan_told": [{"path": "/planer/abc"}],
    "plan_unattended": [{"unit": "Näckrosskolan", "path": "/arbetsyta/x"}],
    "plan_without_coordinator": [{"path": "/planer/abc"}],
    "plan_yours": [{"path": "/planer/abc"}],
    "plan_yours_elsewhere": [{}],
    "plain": [{"subject": "Ett brev", "body": "Hej!\n\nEn rad.\nEn till.\n"}],
    "reset": [{"name": "Helena Exempelsson", "path": "/nytt-losenord/abc"}],
    "reset_elsewhere": [{"name": "Helena Exempelsson"}],
    "responsibility_ending": [
        {"unit": "Näckrosskolan", "last_day": "2026-12-31", "over": over, "path": "/arbetsyta/x"}
        for over in (True, False)
    ],
    "sample": [{"due": "2026-11-30", "path": "/arbetsyta/logg/stickprov/1"}],
    "talk_booked": WAYS,
    "talk_cancelled": [BOOKED | {"by_host": by_host} for by_host in (True, False)],
    "talk_for_host": [
        {"what": what, "day": "tisdag 24 november 2026", "time": "09.00", "path": "/arbetsyta/samtalstider/x"}
        for what in ("booked", "moved", "cancelled_by_guest")
    ],
    "talk_moved": WAYS,
    "talk_reminder": WAYS,
    "wheel_answered": [{"path": "/arenden/x"}],
    "wheel_question": [{"path": "/arbetsyta/hjul/x/status"}],
    "wheel_received": [{"path": "/arbetsyta/hjul/x/status"}],
    "wheel_arrived": [{"path": "/arenden"}],
}
