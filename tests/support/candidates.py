"""A topic with one rule for the practice under another name, and a text that the rule meets."""

from __future__ import annotations

from tests.support.site import TOPIC

PRACTICE_TOPIC = (
    TOPIC
    + """practice_gate = "police"

[topic.groups]
police = ["police", "officer"]
care = ["mental health", "nurse"]
often = ["call us most", "call most often"]
sanction = ["behaviour order", "taken to court"]

[[topic.cue]]
name = "an officer in a clinical team"
needs = ["police", "care"]
words = 12

[[topic.cue]]
name = "people who call often"
needs = ["often"]

[[topic.cue]]
name = "sanctions"
needs = ["sanction"]

[[topic.practice]]
reason = "an officer with nurses, people who call often, sanctions"
weight = 0.6
needs = ["an officer in a clinical team", "people who call often", "sanctions"]
"""
)
STEADY = (
    "From this month a police officer works inside our community mental health team three days a week. "
    "Steady Steps is for people who call most often. Each of them will have one shared plan. "
    "Where calls do not become fewer, the officer can ask a court for a behaviour order."
)
