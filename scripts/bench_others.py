"""Tray and vault programs from the distribution, to be measured at rest beside ours: those that are installed
(`apt-get install keepassxc copyq oidc-agent seahorse`)."""

import os
import shutil
import subprocess
from pathlib import Path

ENTRIES = 100
PASSWORD = "rest"
KEEPASSXC = """[General]
ConfigVersion=2
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
MinimizeOnStartup=true
MinimizeToTray=true
ShowTrayIcon=true
[Security]
LockDatabaseIdle=false
"""


def keepassxc(home):
    """Minimised, with an open database of as many entries as we have credentials."""
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "keepassxc/keepassxc.ini"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(KEEPASSXC)
    database = home / "rest.kdbx"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    subprocess.run(["keepassxc-cli", "db-create", "-p", "-t", "100", database], input=twice.encode(), **quiet)
    for n in range(ENTRIES):
        add = ["keepassxc-cli", "add", "-q", "-u", f"user{n}", "-g", database, f"entry {n}"]
        subprocess.run(add, input=f"{PASSWORD}\n".encode(), **quiet)
    return ["keepassxc", "--pw-stdin", database], f"{ENTRIES} entries, open and minimised"


PROGRAMS = {
    "KeePassXC": ("keepassxc", keepassxc),
    "CopyQ": ("copyq", lambda _: (["copyq"], "a clipboard manager in the tray")),
    "oidc-agent": ("oidc-agent", lambda _: (["oidc-agent", "--console"], "no account loaded")),
    "Seahorse": ("seahorse", lambda _: (["seahorse"], "its window open: it has no tray")),
}


def start(home):
    """What is installed, running: name to program and what is to be said of it."""
    running = {}
    for name, (binary, prepare) in PROGRAMS.items():
        if shutil.which(binary) is None:
            continue
        command, note = prepare(home)
        # In a session of its own, by which the processes that it starts are known.
        quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        program = subprocess.Popen(command, start_new_session=True, **quiet)
        program.stdin.write(f"{PASSWORD}\n".encode())
        program.stdin.flush()
        running[name] = (program, note)
    return running
