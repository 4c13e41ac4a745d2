"""The load client of another folder, run against an installation of ours."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.installation import ROOT, Installation


def load_options(description: str, *, rounds: int, seconds: float) -> argparse.Namespace:
    """What every measurement with the load client may be told on the command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--load", type=Path, default=ROOT.parent / "shared" / "load", help="folder of the load client")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=float, default=seconds)
    options = parser.parse_args()
    if not (options.load / "load.py").exists():
        sys.exit(f"The load client is not in {options.load}; --load names its folder.")
    return options


def measured(here: Installation, folder: Path, scenario: str, fixture: dict, how: list[str]) -> dict:
    """What ``load.py`` prints; the whole run ends where a request went wrong, because an error is soon answered."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(fixture, file)
        file.flush()
        command = [sys.executable, str(folder / "load.py"), "--base", here.address, "--scenario", scenario]
        command += ["--fixture", file.name, *how]
        command += ["--group", f"web={here.pid}", "--group", f"db={here.database_pid}"]
        command += ["--pg-cmd", f"psql {here.database}"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "benchmarks"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(f"The load client failed at {fixture}:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    if found["errors"]:
        sys.exit(f"{fixture}: {found['errors']} errors, {found['error_samples']}")
    return found


def run_module(environment: dict[str, str], *arguments: str) -> None:
    """``python -m`` with the installation's environment."""
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=environment, check=True)


def sql(here: Installation, statement: str) -> str:
    """What psql prints for ``statement``, without heads."""
    done = subprocess.run(["psql", here.database, "-Atc", statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()
