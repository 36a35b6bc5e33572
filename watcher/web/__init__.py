"""Pages, feeds and the JSON API, read-only but for subscribing."""
