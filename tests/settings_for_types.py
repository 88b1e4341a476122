"""The settings as mypy's plugin reads them: without a secret in the environment."""

import os

os.environ.setdefault("DEBUG", "1")

from config.settings import *  # noqa: F403 - after the line above, and all of it
