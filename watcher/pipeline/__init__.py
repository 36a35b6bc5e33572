"""The order of things; the only place where adapters meet."""
