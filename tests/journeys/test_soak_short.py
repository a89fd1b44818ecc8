"""A short version of `make soak`: every request gets one reply, one busy and one idle, interrupts or not."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


def test_nothing_is_lost_in_a_short_soak():
    seed = random.randrange(2**32)
    command = [sys.executable, str(SOAK), "--requests", "4000", "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, f"seed {seed}\n{done.stdout}{done.stderr}"
