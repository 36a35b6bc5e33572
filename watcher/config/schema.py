"""What sources.toml may hold, and the values it becomes."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from watcher.config.durations import seconds
from watcher.config.topics import TopicModel
from watcher.core.model import JSON_FIELDS, Organisation, OrganisationKind, Recipe, Source, SourceKind


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _duration(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError(f'{value!r} is not a duration: write it like "2h"')
    return seconds(value)


Duration = Annotated[int, BeforeValidator(_duration), Field(ge=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]


class SettingsModel(_Strict):
    """The [settings] table; every key has a default."""

    timezone: str = "Europe/London"
    contact: str = ""  # goes into the User-Agent; doctor asks for it
    every: Duration = 6 * 3600  # of sources that name no interval
    host_pause: Duration = 2  # between two requests to one host
    timeout: Duration = 60  # for one exchange, redirects included
    max_bytes: int = Field(default=25_000_000, ge=1000)
    workers: int = Field(default=16, ge=1, le=256)  # hosts read at one time
    documents_per_round: int = Field(default=50, ge=1)  # of one host, before the store is written
    alerts_per_cycle: int = Field(default=20, ge=1)  # to one chat; more are folded into one message
    lease: Duration = 120  # a delivery that takes longer is in doubt
    mail_per_minute: int = Field(default=600, ge=0)  # 0: as many as the server takes
    mail_connections: int = Field(default=4, ge=1, le=32)  # to the mail server, at one time
    archive_per_minute: int = Field(default=6, ge=1, le=60)  # copies asked of an outside archive
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8000, ge=0, le=65535)
    telegram_updates: Literal["auto", "polling", "webhook"] = "auto"  # how commands come; auto: by the public address
    digest_at: str = "Mon 08:00"  # weekly digests; daily ones leave at that time each day
    templates: str = ""  # folder of changed mail templates; "": templates/ beside this file, if there is one

    @field_validator("digest_at")
    @classmethod
    def _send_time(cls, value: str) -> str:
        from watcher.core.weeks import parse_send_time

        return str(parse_send_time(value))

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(f'unknown time zone "{value}": write one like "Europe/London"') from exc
        return value


class OrganisationModel(_Strict):
    """One [[organisation]]."""

    id: Id
    name: str = Field(min_length=1)
    kind: OrganisationKind
    region: str | None = None
    ods_code: str | None = None
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @field_validator("domains")
    @classmethod
    def _host_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for domain in value:
            if "/" in domain or " " in domain or not domain:
                raise ValueError(f'"{domain}" is not a host name: write it like "rcpsych.ac.uk"')
        return value

    def organisation(self) -> Organisation:
        """The value this table stands for."""
        return Organisation(**self.model_dump())


class SourceModel(_Strict):
    """One [[source]]."""

    id: Id
    organisation: str
    kind: SourceKind
    url: str
    every: Duration | None = None
    at_least_every: Duration = 86_400  # documents on topic are read so often, however quiet they are
    follow: str | None = None
    ignore: tuple[str, ...] = ()
    select: str | None = None
    remove: tuple[str, ...] = ()
    extractor: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    enabled: bool = True
    note: str = ""
    tls: str | None = Field(default=None, min_length=10)
    robots: str | None = Field(default=None, min_length=10)
    render: bool = False

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError as exc:
            raise ValueError(f'"{value}" is not a web address: {exc}') from exc
        if parts.scheme not in ("http", "https") or not host or " " in value:
            raise ValueError(f'"{value}" is not a web address: it must start with http:// or https:// and name a host')
        return value

    @field_validator("select", "follow")
    @classmethod
    def _selector(cls, value: str | None) -> str | None:
        return value if value is None else _css(value)

    @field_validator("remove")
    @classmethod
    def _selectors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_css(selector) for selector in value)

    @field_validator("ignore")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as exc:
                raise ValueError(f'"{pattern}" is not a regular expression: {exc}') from exc
        return value

    @field_validator("fields")
    @classmethod
    def _expressions(cls, value: dict[str, str]) -> dict[str, str]:
        import jmespath

        for key, expression in value.items():
            if key not in JSON_FIELDS:
                raise ValueError(f'"{key}" is not a field of a record: one of {", ".join(JSON_FIELDS)}')
            if "{" in expression and key == "url":
                continue  # an address template, filled from the record's own fields
            try:
                jmespath.compile(expression)
            except jmespath.exceptions.ParseError as exc:
                raise ValueError(f'"{expression}" is not a JMESPath expression for "{key}": {exc.msg}') from exc
        return value

    @model_validator(mode="after")
    def _fields_belong_to_json(self) -> SourceModel:
        if self.fields and self.kind != SourceKind.JSON:
            raise ValueError('"fields" is for sources of kind "json" only: leave it out, or change the kind')
        return self

    def source(self, default_every_s: int, organisation: Organisation, frame_terms: tuple[str, ...]) -> Source:
        """The value this table stands for, with what its organisation and the topics add."""
        recipe = Recipe(
            select=self.select,
            remove=self.remove,
            follow=self.follow,
            ignore=self.ignore,
            extractor=self.extractor,
            fields=tuple(sorted(self.fields.items())),
            frame_terms=frame_terms,
            domains=organisation.domains,
        )
        return Source(
            id=self.id,
            organisation=self.organisation,
            kind=self.kind,
            url=self.url,
            every_s=self.every or default_every_s,
            recipe=recipe,
            tags=self.tags,
            enabled=self.enabled,
            note=self.note,
            tls=self.tls,
            robots=self.robots,
            render=self.render,
            longest_s=self.at_least_every,
        )


class FileModel(_Strict):
    """The whole of sources.toml."""

    settings: SettingsModel = SettingsModel()
    topic: tuple[TopicModel, ...] = ()
    organisation: tuple[OrganisationModel, ...] = ()
    source: tuple[SourceModel, ...] = ()


def _css(selector: str) -> str:
    """`selector` itself, if it compiles."""
    import soupsieve

    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError) as exc:
        raise ValueError(f'"{selector}" is not a CSS selector: {str(exc).splitlines()[0]}') from exc
    return selector


def known_keys(model: type[BaseModel]) -> list[str]:
    """The keys a table may hold, for "did you mean"."""
    return list(model.model_fields)


def model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model of the table that holds the key at `path`; None where it is not a table of ours."""
    tables: dict[Any, type[BaseModel]] = {
        "settings": SettingsModel,
        "topic": TopicModel,
        "organisation": OrganisationModel,
        "source": SourceModel,
    }
    if len(path) == 1:
        return FileModel
    return tables.get(path[0]) if len(path) <= 3 else None
