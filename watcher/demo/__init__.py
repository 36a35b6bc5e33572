"""A made-up fortnight on a local site, read by the real pipeline.

stories.py    what the sites show, step by step: plain data
pages.py      the shapes of page they are written in
server.py     the servers on loopback
fortnight.py  the watch over them, with the script's clock
telling.py    what a reader of the console sees
sources.toml  the configuration
"""

from watcher.demo.telling import run

__all__ = ["run"]
