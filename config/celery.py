"""The Celery application; beat's few entries stand in `config.schedule`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("voldaan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # without it every task opens a database connection of its own
app.autodiscover_tasks()
app.autodiscover_tasks(["receivables.paying"])


@worker_init.connect
@beat_init.connect
def refuse_unsafe_role(**_signal: Any) -> None:
    from tenants.startup import refuse_unsafe_role  # noqa: PLC0415 # the applications are loaded by now, not at import

    refuse_unsafe_role()
