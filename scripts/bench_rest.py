"""What `fob agent` and the app without a window cost while nothing is due: memory, CPU and wake-ups with 100 fresh
credentials, in one table with other programs of their kind where those are installed. Inside a private session."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import bench_others

CREDENTIALS = 100
SECONDS = int(os.environ.get("FOB_BENCH_REST", "600"))
SETTLE = 20


class Tokens(http.server.BaseHTTPRequestHandler):
    """A token endpoint whose tokens outlast the measurement."""

    def do_POST(self):
        body = json.dumps({"access_token": "at", "token_type": "Bearer", "expires_in": 86400}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def processes(program):
    """All of a program's processes: it leads a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(stat[3]) == program.pid:
            found.append(int(folder.name))
    return found


def threads(program):
    """CPU seconds and voluntary context switches of each thread."""
    found = {}
    for task in (task for pid in processes(program) for task in Path(f"/proc/{pid}/task").iterdir()):
        stat = (task / "stat").read_text().rsplit(")", 1)[1].split()
        cpu = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        status = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
        name = status["Name"].strip()
        found[task.name] = (name, cpu, int(status["voluntary_ctxt_switches"]))
    return found


def filled(fob, home, endpoint):
    """The environment of a vault with fresh credentials."""
    environment = {**os.environ, "FOB_HOME": str(home)}
    for n in range(CREDENTIALS):
        add = [fob, "add", "client", f"Client {n}", "--token-endpoint", endpoint, "--client-id", f"c{n}"]
        subprocess.run(add, check=True, capture_output=True, text=True, input="secret", env=environment)
    return environment


def pss(program):
    lines = (line for pid in processes(program) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def measure(folder):
    """Rows of the table: what runs in a terminal, what stays in the tray, and what else is installed, beside each other."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/token"
    commands = {"agent": [folder / "fob", "agent", "--foreground"], "hidden app": [folder / "fobwatch", "--hidden"]}
    running = {}
    for name, command in commands.items():
        environment = filled(folder / "fob", Path.home() / f"rest-{command[0].name}", endpoint)
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, start_new_session=True)
        running[name] = (program, f"{CREDENTIALS} fresh credentials")
    running.update(bench_others.start(Path.home()))
    time.sleep(SETTLE)
    before = {name: threads(program) for name, (program, _) in running.items()}
    time.sleep(SECONDS)
    rows = []
    for name, (program, note) in running.items():
        if program.poll() is not None:
            sys.exit(f"{name} ended by itself: {program.returncode}")
        names = [Path(f"/proc/{pid}/comm").read_text().strip() for pid in processes(program)]
        if name in commands and any(one.startswith("WebKit") for one in names):
            sys.exit(f"the {name} at rest has a web engine")
        note = f"{', '.join(sorted(names))}; {note}; {SECONDS} s"
        rows.extend(of(name, before[name], threads(program), pss(program), note))
    for program, _ in running.values():
        program.terminate()
        program.wait(10)
    server.shutdown()
    return rows


def of(name, before, after, memory, note):
    none = ("", 0.0, 0)
    cpu = sum(now[1] - before.get(task, none)[1] for task, now in after.items())
    woken = {task: now[2] - before.get(task, none)[2] for task, now in after.items()}
    busiest = ", ".join(f"{after[task][0]} {count}" for task, count in sorted(woken.items(), key=lambda one: -one[1])[:4])
    return [
        (f"{name} at rest: CPU", f"{cpu:.2f} s", f"{100 * cpu / SECONDS:.3f} % of a core; {note}"),
        (f"{name} at rest: wake-ups", f"{60 * sum(woken.values()) / SECONDS:.1f} /min", busiest),
        (f"{name} at rest: PSS", f"{memory / 1024:.1f} MiB", f"{len(after)} threads; {note}"),
    ]


if __name__ == "__main__":
    for name, figure, note in measure(Path(sys.argv[1])):
        print(f"{name:36} {figure:>10}   {note}")
