from __future__ import annotations

from tests.render.alerts import an_alert
from tests.render.payloads import PAYLOADS
from tests.servers.tdlib import accepted
from watcher.core.markup import BREAK
from watcher.core.model import Match, Reason, Tier
from watcher.render import CANDIDATES, SUMMARIES


def test_a_burst_is_one_message_that_names_each_alert() -> None:
    alerts = [an_alert(number=f"c-{n}", title=f"Notice {n}") for n in range(1, 6)]
    text = accepted(SUMMARIES["telegram"](alerts, "")).text
    assert text.startswith("5 alerts in one message\nFrom 1 organisation, the last seen Friday 12 June 2026, 14:05\n")
    assert "• Northmoor Care Trust changed its statement: Notice 3 (c-3)" in text


def test_what_does_not_fit_is_counted_with_its_numbers_and_the_way_to_it() -> None:
    alerts = [an_alert(number=f"c-{n}", title=f"Notice {n} " * 9) for n in range(1, 200)]
    text = accepted(SUMMARIES["telegram"](alerts, "https://watch.example/")).text
    shown = text.count("•")
    assert 10 < shown < 60
    assert f"And {199 - shown} more alerts: c-{shown + 1} to c-199" in text
    assert text.endswith("All of them")


def test_the_plain_summary_holds_all() -> None:
    alerts = [an_alert(number=f"c-{n}") for n in range(1, 200)]
    assert SUMMARIES["plain"](alerts, "").count("\n- ") == 199


def test_a_hard_subject_among_them_is_noted() -> None:
    assert "Content note" in SUMMARIES["telegram"]([an_alert(), an_alert(content_note="speaks of abuse")], "")


def test_a_candidate_is_told_to_maintainers_as_one() -> None:
    reasons = (
        Reason("an officer inside the community team", "An officer sits with our community team."),
        Reason("a plan not to admit, scan or treat", "The plan says when not to admit."),
    )
    alert = an_alert(
        organisation="Harrow Vale Partnership",
        title="Steady Steps begins",
        match=Match("sim", Tier.SIMILAR, 0.4, reasons),
    )
    text = accepted(CANDIDATES["telegram"](alert)).text.replace(BREAK, "")
    assert text.startswith("Candidate, not published: Harrow Vale Partnership\nSteady Steps begins\n")
    assert (
        "Names no scheme. Describes: an officer inside the community team; a plan not to admit, scan or treat" in text
    )
    assert "The plan says when not to admit." in text
    assert "Candidate, not published: Harrow Vale Partnership" in CANDIDATES["plain"](alert)


def test_no_payload_is_live_in_a_summary_or_a_candidate() -> None:
    for payload in PAYLOADS:
        match = Match("sim", Tier.SIMILAR, 0.4, (Reason(payload, payload),))
        alert = an_alert(title=payload, organisation=payload, url=payload, match=match, excerpt=())
        accepted(SUMMARIES["telegram"]([alert] * 3, payload))
        accepted(CANDIDATES["telegram"](alert))
        assert not set(SUMMARIES["plain"]([alert], payload)) & set("\x00\x1b\x9b\r\u202e")
