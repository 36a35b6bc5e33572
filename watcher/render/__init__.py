"""Alerts and digests become text: plain, Telegram, e-mail, HTML. Pure."""
