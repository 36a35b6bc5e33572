"""Politeness, conditional requests, limits, and which addresses are refused."""
