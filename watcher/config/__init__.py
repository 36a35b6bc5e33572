"""sources.toml and the environment become settings, sources and topics."""
