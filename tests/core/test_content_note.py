from __future__ import annotations

import pytest

from watcher.core.content_note import content_note


@pytest.mark.parametrize(
    "text",
    [
        "He died by suicide in March.",
        "Support for people who feel SUICIDAL.",
        "The report describes suicidality and risk.",
        "She took her own life.",
        "People have ended their lives.",
        "who tried to kill himself",
        "a patient who wanted to die",
    ],
)
def test_suicide_in_its_forms_is_noted(text: str) -> None:
    assert content_note(text) == "speaks of suicide"


@pytest.mark.parametrize(
    "text",
    [
        "People who self-harm deserve care.",
        "Self harm is not attention seeking.",
        "those who self‑harmed were turned away",
        "self-injury and recovery",
        "He cut himself again.",
        "harming themselves",
        "admitted after an overdose",
        "She had overdosed twice.",
    ],
)
def test_self_harm_in_its_forms_is_noted(text: str) -> None:
    assert content_note(text) == "speaks of self-harm"


@pytest.mark.parametrize(
    "text",
    [
        "an inquiry into child sexual abuse",
        "survivors of abuse",
        "She was abused by staff.",
        "patients were being repeatedly abused",
        "domestic and emotional abuse",
        "abusive towards patients",
        "a history of sexual violence",
        "abusing vulnerable people",
        "a public inquiry into deaths and abuse",
        "He was abusive for years.",
    ],
)
def test_abuse_of_people_is_noted(text: str) -> None:
    assert content_note(text) == "speaks of abuse"


def test_several_subjects_are_named_together() -> None:
    text = "After years of domestic abuse she self-harmed and died by suicide."
    assert content_note(text) == "speaks of suicide, self-harm and abuse"


@pytest.mark.parametrize(
    "text",
    [
        "By abuse of notation we write f for both.",
        "an abuse of process",
        "It was an abuse of power.",
        "This abuse of the planning system must end.",
        "Support with drug and alcohol abuse",
        "Report abuse",
        "a caller with abusive language",
        "That plan was political suicide.",
        "Oilseed rape is grown on the farm.",
        "The scheme harmed trust in the service.",
        "Cut the cost of the programme by itself.",
        "Northmoor Care Trust has ended its SIM team after a review by our medical director.",
        "Therapists and drapers met.",
        "",
    ],
)
def test_other_senses_are_not_noted(text: str) -> None:
    assert content_note(text) is None
