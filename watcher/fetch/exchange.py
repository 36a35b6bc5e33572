"""How an exchange ends that brought nothing to read."""

from __future__ import annotations

from watcher.core.errors import FetchError
from watcher.core.model import Failed, FailedKind, Unreachable, UnreachableKind

# Another try a moment later may help: the site may have dropped one connection of many.
_TRANSIENT = frozenset({UnreachableKind.CONNECTION, UnreachableKind.BUSY, UnreachableKind.TIMED_OUT})


class ExchangeError(FetchError):
    """A `FetchError` that carries the value it becomes outside `fetch/`.

    `while_dialling` says that no connection to the host of `url` came about: its other pages
    would fare no better in this minute. `status` is that of the answer, if there was one.
    """

    def __init__(
        self, url: str, outcome: Unreachable | Failed, *, while_dialling: bool = False, status: int | None = None
    ) -> None:
        is_unreachable = isinstance(outcome, Unreachable)
        super().__init__(
            url,
            outcome.detail,
            transient=is_unreachable and outcome.kind in _TRANSIENT,
            retry_after_s=outcome.retry_after_s if isinstance(outcome, Unreachable) else None,
        )
        self.outcome, self.while_dialling, self.status = outcome, while_dialling, status


def unreachable(
    url: str,
    kind: UnreachableKind,
    detail: str,
    *,
    retry_after_s: float | None = None,
    while_dialling: bool = False,
) -> ExchangeError:
    """The fault for a page that could not be seen."""
    return ExchangeError(url, Unreachable(kind, detail, retry_after_s), while_dialling=while_dialling)


def failed(url: str, kind: FailedKind, detail: str) -> ExchangeError:
    """The fault for an answer that came and cannot be used."""
    return ExchangeError(url, Failed(kind, detail))
