"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from tenants.startup import refuse_unsafe_role  # noqa: E402 # the applications must be loaded first

refuse_unsafe_role()
