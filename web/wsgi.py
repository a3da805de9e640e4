"""What gunicorn runs: the application with this machine's settings."""

import logging

from allgo_hpc.services import make_services
from allgo_hpc.settings import load_settings
from web.app import create_app

_settings = load_settings()
logging.basicConfig(level=_settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
app = create_app(_settings, make_services(_settings))
