from __future__ import annotations

from tests.servers.bot_api import fault_server, lo_bot_api, telegram_test_api

__all__ = ["fault_server", "lo_bot_api", "telegram_test_api"]
