"""The Celery application; beat's few entries stand in `config.schedule`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("voldaan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # without it every task opens a database connection of its own
app.autodiscover_tasks()
app.autodiscover_tasks(["receivables.paying"])
