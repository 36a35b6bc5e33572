"""A JSON API, mapped by JMESPath (https://jmespath.org): Parliament's written questions, GOV.UK's search …

`recipe.fields` holds pairs of a name and an expression. `each` is applied to the whole answer and
gives the list; the others are applied to each of its members:

    each          the list; default: the answer itself, if it is one
    url           the address, absolute or relative to the API's; or a template whose braces hold
                  expressions, or `published_on` for the day that is mapped below:
                  "https://questions.example/detail/{published_on}/{value.uin}"
    title         one line
    text          the text, plain or HTML; a list of texts is joined. Without it only the address is used
    published_on  ISO 8601, or as people write it: "8 June 2021"
    modified_at   ISO 8601
    next          applied to the whole answer: the address of the next page
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from watcher.core.errors import ExtractError
from watcher.core.model import JSON_FIELDS, Document, Extraction, Found, Recipe
from watcher.extract.follow import is_ignored
from watcher.extract.fragment import absolute, read_fragment, text_of
from watcher.extract.json_bytes import read_json
from watcher.extract.json_feed import day, extract_json_feed, instant
from watcher.extract.near_date import date_in

EXTRACTOR = f"json-1+jmespath-{version('jmespath')}"
FIELDS = frozenset(JSON_FIELDS)
MAX_ENTRIES = 5_000
_DAY = "published_on"  # in the braces of an address: the mapped day, as 2026-06-05
_BRACES = re.compile(r"\{([^{}]+)\}")


def extract_json(body: bytes, url: str, recipe: Recipe, charset: str | None) -> Extraction:
    """The documents and addresses that `recipe.fields` finds in the answer of the API at `url`.

    Without fields the answer is read as a JSON Feed. Raises ExtractError if it is no JSON, if an
    expression is wrong, or if `each` finds no list.
    """
    fields = dict(recipe.fields)
    if not fields:
        return extract_json_feed(body, url, recipe, charset)
    answer = read_json(body, charset)
    members = _search(fields.get("each", "@"), answer)
    if not isinstance(members, list):
        raise ExtractError(f'fields.each = "{fields.get("each", "@")}" finds no list in this JSON; {_shape_of(answer)}')
    documents: dict[str, Document] = {}
    found: dict[str, Found] = {}
    for member in members[:MAX_ENTRIES]:
        document = _document(member, fields, url)
        if document is None or document.url in found or is_ignored(document.url, recipe):
            continue
        modified = instant(_text(fields, "modified_at", member))
        found[document.url] = Found(document.url, document.title, document.published_on, modified)
        if document.blocks:
            documents[document.url] = document
    warnings = [] if found or not members else [f'fields.url = "{fields.get("url", "")}" finds no address']
    if len(members) > MAX_ENTRIES:
        warnings.append(f"the answer has {len(members)} entries: the first {MAX_ENTRIES} were read")
    following = absolute(url, _text(fields, "next", answer))
    pages = (following,) if following and following != url else ()
    return Extraction(tuple(documents.values()), tuple(found.values()), EXTRACTOR, pages, tuple(warnings))


def _document(member: Any, fields: dict[str, str], url: str) -> Document | None:
    published_on = _day(_text(fields, "published_on", member))
    address = absolute(url, _address(fields.get("url", "url"), member, published_on))
    if address is None:
        return None
    blocks, links = read_fragment(_text(fields, "text", member), address)
    modified = instant(_text(fields, "modified_at", member))
    return Document(
        address,
        text_of(_text(fields, "title", member))[:500],
        blocks,
        links,
        published_on=published_on,
        modified_on=modified.date() if modified else None,
    )


def _day(text: str) -> date | None:
    return day(text) or date_in(text)


def _address(expression: str, member: Any, published_on: date | None) -> str:
    if not _BRACES.search(expression) or not expression.startswith(("http://", "https://", "/", "?")):
        return _as_text(_search(expression, member))
    values = {part: _as_text(_search(part, member)) for part in _BRACES.findall(expression)}
    if _DAY in values:  # JMESPath can't cut a date out of "2026-06-05T00:00:00"
        values[_DAY] = published_on.isoformat() if published_on else ""
    if not all(values.values()):  # half an address leads to a wrong page
        return ""
    return _BRACES.sub(lambda found: values[found[1]], expression)


def _text(fields: dict[str, str], name: str, value: Any) -> str:
    return _as_text(_search(fields[name], value)) if name in fields else ""


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return "\n\n".join(text for part in value if (text := _as_text(part)))
    return "" if value is None or isinstance(value, dict) else str(value)


@lru_cache(maxsize=256)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _search(expression: str, value: Any) -> Any:
    try:
        return _compiled(expression).search(value)
    except (JMESPathError, ValueError, TypeError) as fault:
        raise ExtractError(f'the JMESPath "{expression}" cannot be applied: {fault}') from fault


def _shape_of(answer: Any) -> str:
    if isinstance(answer, dict):
        lists = [name for name, value in answer.items() if isinstance(value, list)]
        return f"its lists are: {', '.join(lists[:10]) or 'none'}"
    return f"it is a {type(answer).__name__}"
