"""The Celery application; beat's few entries stand in `config.schedule`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("voldaan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # without it every task opens a database connection of its own
app.autodiscover_tasks()
app.autodiscover_tasks(["receivables.paying", "receivables.banking", "dunning.service_mail"])
app.autodiscover_tasks(["receivables.banking"], related_name="matching_tasks")


@worker_init.connect
@beat_init.connect
def refuse_unsafe_role(**_signal: Any) -> None:
    from tenants.startup import refuse_unsafe_role  # noqa: PLC0415 # the applications are loaded by now, not at import

    refuse_unsafe_role()


@task_prerun.connect
def drop_broken_connection(**_signal: Any) -> None:
    """A connection that PostgreSQL broke off would fail every later task of this worker; a sound one is kept."""
    from django.db import connections  # noqa: PLC0415 # idem

    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:  # a task that runs inside somebody's transaction uses that
            connection.close_if_unusable_or_obsolete()
