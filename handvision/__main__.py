"""`python -m handvision` is the command `handvision`."""

import sys

from handvision.cli import main

if __name__ == "__main__":
    sys.exit(main())
