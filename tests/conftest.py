"""Servers that several folders of tests talk to."""

from tests.servers.bot_api import fault_server, lo_bot_api, telegram_test_api

__all__ = ["fault_server", "lo_bot_api", "telegram_test_api"]
