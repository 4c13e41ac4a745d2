"""How fast certificates are issued, end to end: row, number, sheet, signature, hash, file on the disk, audit, notice.

    .venv/bin/python -m benchmarks.certificates [--count 60] [--rounds 3]

One process on PostgreSQL with fsync. In the same rounds: the floor (an empty page, a bare signature, the hash, a synced
file, one row) and stock pyHanko (SimpleSigner, its own size estimate, on a sheet that is already drawn). Rates are a
second of that process's own CPU, so other work on the machine disturbs them less. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys

from benchmarks.installation import ROOT, installation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60, help="certificates a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.issue_certificates", str(options.count), str(options.rounds)]
    with installation(prepare=lambda environment: None) as here:
        said = subprocess.run(command, cwd=ROOT, env=here.environment, check=True, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(json.dumps({"benchmark": "certificates", **json.loads(said.stdout.splitlines()[-1])}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
