"""Writes in separate processes that are killed at a given step."""

import subprocess
import sys

# The steps of a write; a run can be killed at each.
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
# Forks, which need not import again; they get SIGTERM before and after each step.
TERMINATED_AT_EACH_STEP = f"""
import os, shutil, signal, sys
from pathlib import Path
from skecg import _files
from skecg import _report_folder

root = Path(sys.argv[1])

def counted(step, last, moment):
    def take(*arguments, **options):
        global n_steps
        n_steps += 1
        is_last = n_steps == last
        if is_last and moment == "before":
            os.kill(os.getpid(), signal.SIGTERM)
        try:
            return step(*arguments, **options)
        finally:
            if is_last and moment == "after":
                os.kill(os.getpid(), signal.SIGTERM)
    return take

def write(target):
    WRITE

def status_of_run(target, last, moment):
    global n_steps
    shutil.copytree(root / "old", target)
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    n_steps = 0
    for name in {(*STEPS, "close")}:
        setattr(os, name, counted(getattr(os, name), last, moment))
    write(target)
    os._exit(0)

for last in range(1, 500):
    moments = ("before", "after")
    statuses = [status_of_run(root / f"{{last}}-{{m}}", last, m) for m in moments]
    if statuses != [-signal.SIGTERM] * 2:
        break
print(last, *statuses)
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


def terminate_at_each_step(write, root):
    """Write to copies of a folder, with SIGTERM at each step, and return the copies.

    Parameters
    ----------
    write : str
        Code that writes to the folder `target`.
    root : Path
        Contains the folder `old`, which is copied.

    Returns
    -------
    list of Path
        The copies, in the order of the steps with SIGTERM.
    """
    code = TERMINATED_AT_EACH_STEP.replace(
        "WRITE", write.strip().replace("\n", "\n    ")
    )
    finished = run(code, root)
    assert finished.stderr == ""
    n_runs, *statuses = map(int, finished.stdout.split())
    assert statuses == [0, 0], "a run neither completed nor was ended by SIGTERM"
    return [
        root / f"{step}-{moment}"
        for step in range(1, n_runs)
        for moment in ("before", "after")
    ]


def names_while_a_run_waits(folder, writer, make_strays, collect):
    """Return the file names before and after a cleanup during a run; kill the run."""
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
