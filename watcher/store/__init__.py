"""SQLite through sqlite-utils: one file a noun, every write in one immediate transaction."""

import sys

# sqlite-utils takes numpy and pandas in where they are installed, to know their column types. We store
# none, and numpy (py3langid brings it) costs 0.2 s of CPU and 20 MB at each start: hidden for one import.
_hidden = {"numpy", "pandas"} - set(sys.modules)
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]  # None: "not to be imported"
try:
    import sqlite_utils  # noqa: F401
finally:
    for _name in _hidden:
        del sys.modules[_name]
