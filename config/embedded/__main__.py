"""`python3 -m config.embedded COMMAND`. Readable by Python 2 and every 3, so that an old one can be told so."""

import sys

NEEDED = (3, 11)

if sys.version_info < NEEDED:
    sys.stderr.write(
        "Quaestor needs Python %d.%d or newer; this is Python %s (%s).\n"
        "Install a newer one, or name it: make run PYTHON=/path/to/python3.11\n"
        % (NEEDED + (sys.version.split()[0], sys.executable))
    )
    sys.exit(2)

from config.embedded.commands import main  # noqa: E402  # nothing of ours may be read before the check

sys.exit(main(sys.argv[1:]))
