"""Bytes become texts: one function a media type, listed in EXTRACTORS."""
