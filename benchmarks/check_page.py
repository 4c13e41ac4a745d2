"""How long the check page takes for a known code, an unknown one and what is no code.

    .venv/bin/python -m benchmarks.check_page [--count 300]

One process on PostgreSQL; the three kinds are asked in turns. The last line is one JSON object: medians in milliseconds
of the look-up in the registers and of the whole page, and the share that an unknown code takes of a known one.
"""

import argparse
import json
import subprocess
import sys

from benchmarks.installation import ROOT, installation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="questions of each kind")
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.ask_codes", str(options.count)]
    with installation(prepare=lambda environment: None) as here:
        said = subprocess.run(command, cwd=ROOT, env=here.environment, check=True, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(json.dumps({"benchmark": "check_page", **json.loads(said.stdout.splitlines()[-1])}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
