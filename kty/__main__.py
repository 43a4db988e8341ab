"""`python -m kty` is `kty`."""

import sys

from kty.cli import main

if __name__ == "__main__":
    sys.exit(main())
