"""How long an import takes in a fresh process: `python -m benchmarks.imports FOLDER STATEMENT`.

The `.pyc` files are there.
"""

from __future__ import annotations

import os
import subprocess
import sys

TIMED = """
import time
begun = time.perf_counter()
{statement}
seconds = time.perf_counter() - begun
import json, sys
print(json.dumps({{"seconds": seconds, "modules": len(sys.modules)}}))
"""

if __name__ == "__main__":
    folder, statement = sys.argv[1:]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in ("compiled", "measured"):  # the last line printed counts
        subprocess.run([sys.executable, "-c", TIMED.format(statement=statement)], check=True, env=kept)
