"""Run the ``skecg`` command with ``python -m skecg``."""

import sys

from skecg.cli import main

if __name__ == "__main__":
    sys.exit(main())
