"""How gunicorn serves the pages: threads, because a page waits for PostgreSQL more than it computes."""

from __future__ import annotations

import os
from typing import Any

from gunicorn.glogging import Logger

from config.logs import mask


class MaskingLogger(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's logger, with the tokens taken out of the access log."""

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if environ.get("PATH_INFO") != "/healthz":  # asked for every few seconds
            super().access(resp, req, environ, request_time)

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        method, path, protocol = environ["REQUEST_METHOD"], mask(environ.get("PATH_INFO", "")), found["H"]
        return found | {
            "r": f"{method} {path} {protocol}",
            "U": path,
            "q": "",
            "f": mask(str(found["f"]).split("?")[0]),
        }


wsgi_app = "config.wsgi"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
limit_request_line = 8190  # a choice of some hundred invoices fits; see MOST_ADDRESS
timeout = 60
graceful_timeout = 20
max_requests = 10_000  # a leak in a library stays small
max_requests_jitter = 1_000
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "info")
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)sms %(B)sB"
logger_class = MaskingLogger
