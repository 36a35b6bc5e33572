"""SQLite through sqlite-utils: one file a noun, every write in one immediate transaction."""
