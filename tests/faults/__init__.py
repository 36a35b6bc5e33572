"""A server on loopback that misbehaves in every way that the web does, and the table of those ways."""
