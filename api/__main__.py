"""`python -m api`: the command line, as the supervisor starts it."""

import sys

from api.cli import main

sys.exit(main())
