"""Connections to the mail server between mails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.servers.smtp import MailServer
from watcher.core.mail_server import mail_server
from watcher.notify.mail_connection import Connections


@asynccontextmanager
async def connections_to(server: MailServer, **options: float) -> AsyncIterator[Connections]:
    made = Connections(mail_server(server.url), "northmoor.example", 5.0, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_a_connection_that_was_idle_for_long_is_asked_before_it_is_used(smtp_server: MailServer) -> None:
    async with connections_to(smtp_server, ask_after_s=0.0) as connections:
        connections.give_back(await connections.take())
        connections.give_back(await connections.take())
    assert smtp_server.connections == 1
    assert smtp_server.steps == ["EHLO", "NOOP", "QUIT"]


async def test_one_that_the_server_has_ended_meanwhile_is_replaced_in_silence(smtp_server: MailServer) -> None:
    async with connections_to(smtp_server, ask_after_s=0.0) as connections:
        line = await connections.take()
        connections.give_back(line)
        transport = line.smtp.transport
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()
        again = await connections.take()
        assert again.smtp.is_connected
        connections.give_back(again)
        assert smtp_server.connections == 2


async def test_one_that_stays_idle_is_given_back_to_the_server(smtp_server: MailServer) -> None:
    async with connections_to(smtp_server, leave_after_s=0.01) as connections:
        connections.give_back(await connections.take())
        await until(lambda: "QUIT" in smtp_server.steps)
        connections.give_back(await connections.take())
    assert smtp_server.connections == 2


async def test_a_connection_greets_with_the_senders_domain_and_not_with_this_machines_name(
    smtp_server: MailServer,
) -> None:
    async with connections_to(smtp_server) as connections:
        connections.give_back(await connections.take())
    assert smtp_server.names == ["northmoor.example"]
