"""Figures that differ inside the same sentences."""

from watcher.core.figures import Disagreement, Side, disagreement, figure_marks


def side(text: str) -> Side:
    lines = text.split("\n")
    cased = [word for line in lines for word in line.split()]
    numbers = [number for number, line in enumerate(lines) for _ in line.split()]
    found = [word.casefold() for word in cased]
    return Side(found, numbers, bytes(word[0].isupper() for word in cased), figure_marks(found), [1.0] * len(found))


def compare(a: str, b: str) -> Disagreement:
    return disagreement(side(a), side(b))


def test_figures_are_digits_months_days_and_numbers_in_letters():
    marked = figure_marks(["on", "monday", "12", "june", "ten", "people", "rang", "3.5", "times"])
    assert list(marked) == [0, 1, 1, 1, 1, 0, 0, 1, 0]


def test_a_telephone_number_is_no_figure():
    assert not any(figure_marks(["ring", "01632", "960", "114", "today"]))


def test_one_other_figure_in_a_short_report_makes_other_facts():
    found = compare(
        "we have received 212 answers to our call so far", "we have received 340 answers to our call so far"
    )
    assert found.is_other_facts
    assert found.examples == (("212", "340"),)


def test_one_correction_among_many_equal_figures_is_a_correction():
    text = "\n".join(f"in year {year} we met {year % 97} people in their own homes" for year in range(2001, 2012))
    assert not compare(text, text.replace("met 63 people", "met 64 people")).is_other_facts


def test_the_date_on_which_a_page_was_published_is_not_what_it_reports():
    body = "\nthe team was closed and every plan was read again with the person it was about"
    assert not compare(f"published on 3 june 2021{body}", f"published on 14 july 2022{body}").is_other_facts


def test_other_names_alone_are_other_publishers():
    found = compare(
        "Presented by: Helen Marsh\nthe board is asked to note this",
        "Presented by: Omar Reid\nthe board is asked to note this",
    )
    assert not found.is_other_facts


def test_other_names_beside_another_date_on_a_cover_are_another_report():
    cover = "Date of meeting: {}\nPresented by: {}\nTitle of report: {}\nthe board is asked to note the report"
    ours, theirs = cover.format("14 May", "Helen Marsh", "Finance"), cover.format("9 July", "Omar Reid", "Staffing")
    assert compare(ours, theirs).is_other_facts


def test_figures_that_differ_no_more_than_other_words_are_misreadings():
    ours = "the 40 teams of the trust met 31 times with people who asked for a nurse and were sent a letter"
    theirs = "tbe 48 tearns of tbe trnst met 31 tirnes witb people wbo asked for a nnrse and were sent a letter"
    assert not compare(ours, theirs).is_other_facts


def test_empty_texts_have_nothing_to_disagree_on():
    assert compare("", "") == Disagreement(0.0, 0.0)
