"""A made-up topic for the tests of the core: the Blue Harbour Scheme, short BHS."""

from watcher.core.topic import Ambiguous, Cue, Practice, Reach, Topic

GROUPS = {
    "police": ("police", "constable", "officer"),
    "care": ("mental health", "nurse", "trust"),
    "harbour": ("boats", "quay"),
    "often": ("frequent caller", "call us most"),
    "sanction": ("protection notice", "taken to court"),
    "triage": ("street triage",),
}


def blue_harbour() -> Topic:
    """Names, one ambiguous acronym, exclusions and one practice rule."""
    return Topic(
        id="blue",
        name="Blue Harbour Scheme",
        names=("Blue Harbour Scheme", "StopBHS"),
        spellings={"harbour": ("harbor",)},
        groups=GROUPS,
        ambiguous=(
            Ambiguous(
                terms=("BHS",),
                weight=0.65,
                reason="short for the scheme",
                is_exact_case=True,
                needs=(("police",), ("care", "site:trust")),
                unless_near=("harbour",),
            ),
            Ambiguous(
                terms=("Compass",), weight=0.4, reason="a local name", needs=(("police",),), reach=Reach.NEAR, sites=()
            ),
        ),
        people=("Mara Quill",),
        exclusions=("BHS store",),
        cues=(
            Cue("an officer with a nurse", (("police",), ("care",)), 8),
            Cue("calls often", (("often",),)),
            Cue("sanctions", (("sanction",),)),
        ),
        practices=(
            Practice(
                "an officer with nurses, people who call often, sanctions",
                0.4,
                (("an officer with a nurse",), ("calls often",), ("sanctions",)),
                60,
                ("triage",),
            ),
        ),
        practice_gate="police",
        campaign=("StopBHS", "the coalition"),
        referents=("scheme", "programme", "service", "model"),
    )
