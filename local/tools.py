"""Installs the Python tools into the project's own folder, never globally: `.local/stack` and `.local/sam`.

They are apart because the SAM CLI and the local AWS want different versions of botocore. Runs with any Python 3.10 or later. With the name of
an environment, installs that one alone: `python local/tools.py bench` is what the benchmarks compare with.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from place import ROOT

TOOLS = {"stack": "local/requirements.txt", "sam": "local/requirements-tools.txt", "bench": "bench/requirements.txt"}
NEEDED = ("stack", "sam")


def ensure(names: tuple[str, ...] = NEEDED) -> None:
    """Makes the virtual environments whose requirements have changed since they were made."""
    if sys.version_info < (3, 10):
        raise SystemExit(f"Python 3.10 or later is needed; this is {sys.version.split()[0]}.")
    if not shutil.which("cargo"):
        raise SystemExit("Rust is needed: https://rustup.rs")
    for name in names:
        install(ROOT / ".local" / name, ROOT / TOOLS[name])


def install(environment: Path, requirements: Path) -> None:
    """Makes one virtual environment, unless its stamp says that it holds just these requirements."""
    stamp = environment / "installed"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"Installing {environment.relative_to(ROOT)} …", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", environment]).returncode:
        raise SystemExit("Python could not make a virtual environment; Debian and Ubuntu have it in the package python3-venv.")
    pip = [environment / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]
    subprocess.run(pip, check=True)
    stamp.write_text(wanted)


if __name__ == "__main__":
    ensure(tuple(sys.argv[1:]) or NEEDED)
