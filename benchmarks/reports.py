"""How long the people of a province take to become a file: counted, named, written.

    .venv/bin/python -m benchmarks.reports [--people 20000] [--rounds 3]

One process on PostgreSQL. Each round makes workbook and CSV of everybody, from the first query to the last byte, as the
page of a report does. The last line is one JSON object; ``seconds`` are the best of the rounds.
"""

import argparse
import json
import subprocess
import sys

from benchmarks.installation import ROOT, installation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.report_files", str(options.people), str(options.rounds)]
    with installation(prepare=lambda environment: None) as here:
        said = subprocess.run(command, cwd=ROOT, env=here.environment, check=True, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(json.dumps({"benchmark": "reports", **json.loads(said.stdout.splitlines()[-1])}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
