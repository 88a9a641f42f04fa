"""``python -m skecg`` is the ``skecg`` command."""

import sys

from skecg.cli import main

if __name__ == "__main__":
    sys.exit(main())
