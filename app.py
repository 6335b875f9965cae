"""The front door: what a server is given to serve."""

import os
import sys

from tbb import create_app
from tbb.settings import BadSetting, read_settings

try:
    app = create_app(read_settings(os.environ))
except BadSetting as problem:
    sys.exit(f"tbb cannot start. {problem}")
