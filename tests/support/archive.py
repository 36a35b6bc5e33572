"""An outside archive on loopback that answers as Save Page Now's document of July 2026 says it does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Request, Response

KEYS = "access:swordfish"


@dataclass
class Archive:
    """Copies what it is asked to after `looks` questions about the job; `faults` are answered first, in order."""

    server: HTTPServer
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    looks: int = 1
    keys: str = KEYS
    asked: list[dict[str, str]] = field(default_factory=list)
    faults: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # to POST /save
    endings: dict[str, dict[str, Any]] = field(default_factory=dict)  # page -> what its job says in the end
    jobs: dict[str, tuple[str, int]] = field(default_factory=dict)  # job -> page, looks so far

    def __post_init__(self) -> None:
        self.server.expect_request("/archive/save", method="POST").respond_with_handler(self._save)
        status = re.compile("/archive/save/status/.+")
        self.server.expect_request(status, method="GET").respond_with_handler(self._status)

    @property
    def url(self) -> str:
        return self.server.url_for("/archive")

    def _is_known(self, request: Request) -> bool:
        return request.headers.get("Authorization") == f"LOW {self.keys}"

    def _save(self, request: Request) -> Response:
        if not self._is_known(request):
            return _json({"message": "You need to be logged in to use Save Page Now."}, 401)
        if self.faults:
            status, told = self.faults.pop(0)
            return _json(told, status)
        form = request.form.to_dict()
        self.asked.append(form)
        job = f"spn2-{len(self.asked)}"
        self.jobs[job] = (form["url"], 0)
        return _json({"url": form["url"], "job_id": job})

    def _status(self, request: Request) -> Response:
        name = request.path.rpartition("/")[2]
        if name == "user":
            return _json({"available": 7, "processing": 0}) if self._is_known(request) else _json({}, 401)
        if name not in self.jobs:
            return _json({"status": "error", "message": "No such job"}, 404)
        url, looks = self.jobs[name]
        self.jobs[name] = (url, looks + 1)
        if looks < self.looks:
            return _json({"status": "pending", "job_id": name, "resources": []})
        stamp = self.now().strftime("%Y%m%d%H%M%S")
        return _json(self.endings.get(url, {"status": "success", "timestamp": stamp, "original_url": url}))


def _json(told: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(told), status, {"Content-Type": "application/json"})
