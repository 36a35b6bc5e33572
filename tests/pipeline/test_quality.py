from watcher.core.reader import TopicReader
from watcher.core.topic import Topic
from watcher.pipeline.quality import Case, Measure, measure

TOPIC = Topic("sim", "Serenity Integrated Mentoring", ("Serenity Integrated Mentoring", "Steady Steps"))


def measured(*cases: Case) -> dict[str, Measure]:
    return {one.name.partition(":")[0]: one for one in measure(TopicReader([TOPIC]), cases)}


def test_precision_and_recall_count_what_was_found_and_name_every_error() -> None:
    found = measured(
        {"id": "a", "title": "", "text": "We ended Serenity Integrated Mentoring.", "label": "on-topic"},
        {"id": "b", "title": "", "text": "An officer sits in our clinical team.", "label": "described"},
        {"id": "c", "title": "Steady Steps to fitness", "text": "A walking group.", "label": "near-sense"},
        {"id": "d", "title": "", "text": "A garden opens.", "label": "off-topic"},
    )
    recall = found["on topic and found (named or similar)"]
    assert (recall.right, recall.of, recall.share) == (1, 2, 0.5)
    assert recall.errors[0].startswith("missed: b (described)")
    precision = found["named and on topic"]
    assert (precision.right, precision.of) == (1, 2)
    assert precision.errors[0].startswith("wrongly named: c (near-sense): Steady Steps to fitness")
    assert (found["about something else and left alone"].right, found["described without a name and found"].right) == (
        1,
        0,
    )


def test_positions_need_the_stance_and_the_words_that_say_it() -> None:
    text = "We have paused our Serenity Integrated Mentoring team."
    found = measured(
        {"id": "a", "text": text, "stances": [["paused", "paused our Serenity"]]},
        {"id": "b", "text": text, "stances": [["paused", "other words"]]},
        {"id": "c", "text": text, "stances": []},
    )["positions read right, with the right quote"]
    assert (found.right, found.of) == (1, 3)
    assert [error.split(":")[1].strip() for error in found.errors] == ["b", "c"]


def test_the_same_statement_is_counted_over_pairs() -> None:
    text = (
        "Northmoor Care Trust has ended its part in the mentoring scheme. From the first of the month no officer works"
        " inside our community teams, and the care plans that were written under it have been withdrawn for good."
    )
    other = "The museum lent us three paintings for the corridor, and the school choir sang on the lawn after tea."
    found = measured(
        {"id": "a", "text": text, "cluster": "one", "kind": "original"},
        {"id": "b", "text": text, "cluster": "one", "kind": "copy"},
        {"id": "c", "text": other, "cluster": "two", "kind": "original"},
        {"id": "d", "text": other, "cluster": "three", "kind": "original"},
    )
    assert found["same statement"].name.endswith("recall over pairs")
    assert (found["same statement"].right, found["same statement"].of) == (1, 1)


def test_measures_without_cases_are_left_out() -> None:
    assert measured({"id": "a", "text": "Steady Steps", "label": "on-topic"}).keys() == {
        "on topic and found (named or similar)",
        "named and on topic",
    }
