"""Telegram commands in, answers out.

talk.py        what is asked and what is answered, and the phrases that several answers share
following.py   /start /help /follow /unfollow /list /pause /resume /privacy /stop
looking.py     /why /latest /search /positions /sources
mailing.py     /email
desk.py        the buttons under a candidate, in the maintainers' chat alone
commands.py    which command is answered by what
handling.py    an update in, an answer out
pace.py        how often one person may ask
rights.py      who may say what a group follows
polling.py     the connection to Telegram: a thread and an event loop of its own, by webhook or by polling
"""
