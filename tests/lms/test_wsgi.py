"""What a web process has done before its first request."""

import json
import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import gc, json, sys
import lms.wsgi
print(json.dumps([gc.get_freeze_count(), len(gc.get_objects()), "quizzes.views" in sys.modules]))
"""


def test_what_was_loaded_is_out_of_the_collectors_sight_and_every_address_is_known(tmp_path):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings.embedded", "VAR_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, cwd=Path(__file__).parents[2], capture_output=True, check=True
    )

    frozen, seen, knows_addresses = json.loads(told.stdout)

    assert frozen > 100_000
    assert seen < frozen / 20
    assert knows_addresses
