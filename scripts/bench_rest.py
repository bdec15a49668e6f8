"""What `fob agent` costs while nothing is due: CPU and wake-ups with 100 fresh credentials. Inside a private session."""

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

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


def threads(pid):
    """CPU seconds and voluntary context switches of each thread."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        stat = (task / "stat").read_text().rsplit(")", 1)[1].split()
        cpu = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        status = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
        name = status["Name"].strip()
        found[task.name] = (name, cpu, int(status["voluntary_ctxt_switches"]))
    return found


def measure(fob):
    """Rows of the table."""
    environment = {**os.environ, "FOB_HOME": str(Path.home() / "rest")}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/token"
    for n in range(CREDENTIALS):
        add = [fob, "add", "client", f"Client {n}", "--token-endpoint", endpoint, "--client-id", f"c{n}"]
        subprocess.run(add, check=True, capture_output=True, text=True, input="secret", env=environment)
    agent = subprocess.Popen([fob, "agent", "--foreground"], stdout=subprocess.DEVNULL, env=environment)
    time.sleep(SETTLE)
    before = threads(agent.pid)
    time.sleep(SECONDS)
    after = threads(agent.pid)
    memory = next(
        int(line.split()[1])
        for line in Path(f"/proc/{agent.pid}/smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    )
    agent.terminate()
    agent.wait(10)
    server.shutdown()
    none = ("", 0.0, 0)
    cpu = sum(now[1] - before.get(task, none)[1] for task, now in after.items())
    woken = {task: now[2] - before.get(task, none)[2] for task, now in after.items()}
    busiest = ", ".join(f"{after[task][0]} {count}" for task, count in sorted(woken.items(), key=lambda one: -one[1])[:4])
    note = f"{CREDENTIALS} fresh credentials, {SECONDS} s"
    return [
        ("agent at rest: CPU", f"{cpu:.2f} s", f"{100 * cpu / SECONDS:.3f} % of a core; {note}"),
        ("agent at rest: wake-ups", f"{60 * sum(woken.values()) / SECONDS:.1f} /min", busiest),
        ("agent at rest: PSS", f"{memory / 1024:.1f} MiB", note),
    ]


if __name__ == "__main__":
    for name, figure, note in measure(sys.argv[1]):
        print(f"{name:36} {figure:>10}   {note}")
