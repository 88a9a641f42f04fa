"""Writes in processes of their own, that die at a given step."""

import subprocess
import sys

# The steps of a write, at each of which a run may die.
STEPS = ("replace", "rename", "unlink", "rmdir", "mkdir", "open", "fsync")
DIES_AT = f"""
import os, signal, sys
from pathlib import Path
from skecg import _files
from skecg import _report_folder

n_steps, last = 0, int(sys.argv[1])

def counted(step):
    def take(*arguments, **options):
        global n_steps
        n_steps += 1
        if n_steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **options)
    return take

for name in {STEPS}:
    setattr(os, name, counted(getattr(os, name)))
target = Path(sys.argv[2])
"""
WAITS = """
import os, sys
from pathlib import Path
from skecg._files import whole_file
from skecg._report_folder import report_folder

folder = Path(sys.argv[1])
with {writer} as work:
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(9)
"""
GETS_SIGTERM = """
import os, signal, sys
from pathlib import Path
from skecg._files import whole_file
from skecg._report_folder import report_folder

folder = Path(sys.argv[1])
with {writer}:
    os.kill(os.getpid(), signal.SIGTERM)
"""


def run(code, *arguments, **options):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def names_while_a_run_waits(folder, writer, make_strays, collect):
    """Return the names in a folder before and after a collection, then kill the run."""
    command = [sys.executable, "-c", WAITS.format(writer=writer), str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.readline()
        make_strays()
        before = {path.name for path in folder.iterdir()}
        collect(folder)
        after = {path.name for path in folder.iterdir()}
        process.communicate(b"")
    return before, after
