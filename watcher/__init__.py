"""A bot that watches what institutions say, keeps every version, and alerts with diffs."""

__version__ = "0.1.0"
