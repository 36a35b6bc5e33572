"""The mail templates that maintainers changed: found beside sources.toml, and checked before they are used."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from watcher.config.load import Configuration, nearest
from watcher.core.errors import ConfigError
from watcher.core.model import LEAVE_URL
from watcher.render.digest import TEMPLATES, MailTemplates

FOLDER = "templates"


def templates_folder(configuration: Configuration) -> Path | None:
    """The folder of changed templates; None if there is none. Raises ConfigError if one is named that is not there."""
    named = configuration.settings.templates
    folder = configuration.path.parent / (named or FOLDER)
    if folder.is_dir():
        return folder
    if named and named != FOLDER:
        raise ConfigError(
            f'{configuration.path}: [settings] templates = "{named}": {folder} is no folder:'
            " make it, or leave the key out"
        )
    return None


def changed_templates(configuration: Configuration) -> dict[str, str]:
    """The text of each changed template, by name. Raises ConfigError for a file that can't be read."""
    folder = templates_folder(configuration)
    found = {}
    for name in TEMPLATES if folder else ():
        path = folder / name if folder else Path(name)
        try:
            found[name] = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as exc:
            raise ConfigError(f"{path}: cannot be read: {exc}") from exc
    return found


def mail_templates(configuration: Configuration) -> MailTemplates:
    """The templates in force, checked. Raises ConfigError naming file and line of each fault."""
    if faults := list(template_faults(configuration)):
        raise ConfigError(*faults)
    return MailTemplates(changed_templates(configuration))


def template_faults(configuration: Configuration) -> Iterator[str]:
    """What is wrong with the changed templates, each with file and line; nothing if none was changed."""
    folder = templates_folder(configuration)
    if folder is None:
        return
    for path in sorted(folder.iterdir()):
        if path.suffix in (".j2", ".css") and path.name not in TEMPLATES:
            yield f"{path}: no template of this name is used{nearest(path.name, TEMPLATES)}: {', '.join(TEMPLATES)}"
    changed = changed_templates(configuration)
    if changed:
        yield from _faults_of(folder, changed)


def _faults_of(folder: Path, changed: dict[str, str]) -> Iterator[str]:
    """Each fault that shows when a digest is written in which everything happens, or nothing does."""
    from jinja2 import TemplateError, TemplateSyntaxError

    from watcher.render.digest_sample import SAMPLE, SAMPLE_QUIET

    for digest in (SAMPLE, SAMPLE_QUIET):
        try:
            letter = MailTemplates(changed).letter(digest)
        except TemplateSyntaxError as exc:
            yield f"{folder / (exc.name or '')}:{exc.lineno}: {exc.message}"
            return
        except (TemplateError, TypeError, ValueError, AttributeError, ZeroDivisionError) as exc:
            name, line = _place(exc, changed)
            yield f"{folder / name}:{line}: {exc}" if line else f"{folder / name}: {exc}"
            return
        for name, text in (("digest.html.j2", letter.html), ("digest.txt.j2", letter.text)):
            if name in changed and LEAVE_URL not in text:
                yield f'{folder / name}: the way to leave is missing: write "{{{{ digest.leave_url | address }}}}"'
        if any(fault for fault in _live_parts(letter.html)):
            yield f"{folder / 'digest.html.j2'}: a mail holds no script and no picture from elsewhere"
            return


def _live_parts(html: str) -> Iterator[str]:
    lowered = html.lower()
    yield from (mark for mark in ("<script", "<iframe", "<img", "javascript:") if mark in lowered)


def _place(exc: Exception, changed: dict[str, str]) -> tuple[str, int]:
    """The template and line in which it went wrong: Jinja writes them into the traceback."""
    for frame in reversed(traceback.extract_tb(exc.__traceback__)):
        name = next((name for name in TEMPLATES if frame.filename.endswith(name)), None)
        if name is not None or frame.filename == "<template>":
            return name or next(iter(changed)), frame.lineno or 0
    return next(iter(changed)), 0
