"""web: the web view alone."""

from __future__ import annotations

import typer

from watcher.cli.options import Setting, command, say


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    command(app, "web")(web)


def web(
    setting: Setting,
    host: str | None = typer.Option(None, "--host", help="Address to listen on (default: 127.0.0.1)."),
    port: int | None = typer.Option(None, "--port", min=0, max=65535, help="Port (default: 8000; 0: any free one)."),
) -> None:
    """The web view alone, read-only but for subscribing; Ctrl-C stops it."""
    from watcher.web.app import build_app, serve

    settings, environment = setting.configuration.settings, setting.environment
    app = build_app(
        setting.configuration,
        environment.storage,
        environment.public_url,
        can_mail=not environment.missing_for_mail,
    )
    where = host or environment.host or settings.web_host
    server = serve(
        app, where, next(p for p in (port, environment.port, settings.web_port) if p is not None), environment.proxies
    )
    say(f"The web view is at {server.url}")
    server.run()
