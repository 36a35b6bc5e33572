"""The web view: what was found, for people and for machines; read-only but for subscribing.

app.py          routes and middleware put together; serve() listens
site.py         what every page shares: configuration, database for reading, templates
filters.py      the query of / and of the feeds, parsed and written back
phrases.py      what kinds, states and stances are called
entries.py      changes as the pages and feeds tell them
comparison.py   two texts side by side, or inline
pages.py        the lists: latest, search, about, privacy
details.py      one change, one statement
organisations.py all organisations, and each
boards.py       what each says it does: the board of positions
health.py       how well each source is read
paging.py       long lists a page at a time, and the choices above them
subscribing.py  subscribe, confirm, leave
forms.py        what a form sends, and the one way to write
charts.py       numbers over time as SVG and as a table
feeds.py        Atom and JSON Feed
api.py          JSON under /api/v1
tables.py       the same as CSV
openapi.py      what the API is, as OpenAPI
plumbing.py     healthz, metrics, robots.txt, sitemap.xml
keeping.py      answers kept until the database changes; ETag, gzip
faults.py       what a reader is told when a page can't be had
proxies.py      who asks, behind a proxy that is trusted
exploring.py    what Datasette may read of the same database
safety.py       security headers, rate limit
"""
