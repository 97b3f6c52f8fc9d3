"""What runs without a person waiting: queue workers and schedules. One service call each."""

import os

from chalicelib import logs

# Lambda imports a job's own module and nothing of app.py.
logs.start(os.environ)
