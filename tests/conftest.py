"""Servers that several folders of tests talk to."""

import re

import pytest
from pytest_httpserver import HTTPServer

from tests.servers.bot_api import fault_server, lo_bot_api, telegram_test_api
from tests.servers.smtp import certificates, maildev, opensmtpd, smtp_server
from tests.support.site import Site

__all__ = [
    "certificates",
    "fault_server",
    "lo_bot_api",
    "maildev",
    "opensmtpd",
    "smtp_server",
    "telegram_test_api",
]


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    """A site on loopback whose pages a test edits."""
    site = Site(httpserver)
    httpserver.expect_request(re.compile(".*")).respond_with_handler(site.answer)
    return site
