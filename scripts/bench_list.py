"""What a large vault costs the person: 10,000 credentials in the real window. Runs inside a private session (bench.sh),
or alone in one: `tests/session/session.sh --keyring unlocked --display -- python3 scripts/bench_list.py`.

The window is driven through WebKitWebDriver. Times of keys and frames are taken in the page itself, by its own clock:
from the key's event to the frame after the results stand there. The way to the clipboard is timed from outside.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = PROJECT / os.environ.get("FOB_BENCH_BUILD", "target/release")
COUNT = int(os.environ.get("FOB_BENCH_LIST", "10000"))
WORDS = ["payments", "stripe pro", "worker 12", "github", "env:prod us", "is:expiring", "zephyr", "acct_led"]
RUNS = 20
# From the end of one search to the next, in seconds: who reads what came back does not type yet.
SETTLED = 0.5
TARGET = "sk_test_bench_target_0123456789"

# From a key to the frame after the next change of the rows.
WATCH = """
window.__keys = []; window.__given_up = () => { pressed = null; }; let pressed = null;
addEventListener('keydown', (event) => { if (event.key.length === 1 && !event.ctrlKey) pressed = event.timeStamp; }, true);
new MutationObserver(() => {
  if (pressed === null) return;
  const began = pressed; pressed = null;
  requestAnimationFrame(() => setTimeout(() => window.__keys.push(performance.now() - began)));
}).observe(document.querySelector('[role=listbox]'), { subtree: true, childList: true, characterData: true,
  attributes: true, attributeFilter: ['aria-label', 'aria-setsize'] });
"""
# Scrolls the list, or a list of the same size that has nothing but a line of text in each row: what the machine itself
# takes to paint such a surface, without a graphics card most of it.
SCROLL = """
const [step, plain, done] = arguments, list = document.querySelector('[role=listbox]'), frames = [];
let box = list, last = null, blank = 0;
if (plain) {
  box = list.cloneNode(false);
  for (let at = 0; at < 2000; at++) box.append(Object.assign(document.createElement('p'), { textContent: `Row ${at}`, className: 'row' }));
  for (const row of box.children) row.style.blockSize = '52px';
  list.replaceWith(box);
}
box.scrollTop = 0;
function frame(now) {
  if (last !== null) frames.push(now - last);
  last = now; box.scrollTop += step;
  blank += !plain && box.querySelectorAll('[role=option]').length === 0;
  if (frames.length < 240) return requestAnimationFrame(frame);
  if (plain) box.replaceWith(list);
  done([frames, blank]);
}
requestAnimationFrame(frame);
"""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CONTROL, ESCAPE = "\ue009", "\ue00c"


def nth(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


class Driven:
    """A window under WebDriver."""

    def __init__(self, home):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {**os.environ, "FOB_HOME": str(home), "TAURI_WEBVIEW_AUTOMATION": "true"}
        self.driver = subprocess.Popen(["WebKitWebDriver", f"--port={self.port}"], env=environment)
        self.session = ""
        options = {"webkitgtk:browserOptions": {"binary": str(RELEASE / "fobwatch"), "args": []}}
        for _ in range(100):
            try:
                opened = self.ask("POST", "", {"capabilities": {"alwaysMatch": options}})
                break
            except OSError:
                time.sleep(0.1)
        self.session = "/" + opened["sessionId"]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.port}/session{self.session}{path}"
        request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
        return json.load(urllib.request.urlopen(request, timeout=60))["value"]

    def run(self, script):
        return self.ask("POST", "/execute/sync", {"script": script, "args": []})

    def wait_for(self, script):
        for _ in range(600):
            if self.run(f"return {script}"):
                return
            time.sleep(0.05)
        sys.exit(f"the window never showed {script}")

    def press(self, *keys):
        down = [{"type": "keyDown", "value": key} for key in keys]
        up = [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": down + up}]})

    def close(self):
        self.ask("DELETE", "")
        self.driver.terminate()
        self.driver.wait(10)


def ready(window):
    # Digits are grouped as the session's language does it, or not at all.
    window.wait_for(f"document.body.innerText.replaceAll(',', '').includes('{COUNT + 1} credentials')")


def keys(window):
    window.run(WATCH)
    for word in WORDS:
        window.press(CONTROL, "f")
        for letter in word:
            before = window.run("return window.__keys.length")
            window.press(letter)
            # A key that changes nothing on the screen has no time. Beyond two seconds the list moves by itself.
            deadline = time.monotonic() + 1
            while window.run("return window.__keys.length") == before and time.monotonic() < deadline:
                time.sleep(0.02)
            window.run("window.__given_up()")
            time.sleep(0.08)  # with what the driver takes, eight keys a second
        window.press(ESCAPE)
        ready(window)
        time.sleep(SETTLED)
    return window.run("return window.__keys")


def clipboard():
    shown = subprocess.run(["xclip", "-selection", "clipboard", "-o"], capture_output=True, text=True)
    return shown.stdout if shown.returncode == 0 else ""


def to_clipboard(window):
    """From the window's focus: Ctrl+F, three letters, Ctrl+C, until another program can paste the value."""
    taken = []
    for _ in range(RUNS):
        window.press(ESCAPE)
        ready(window)
        subprocess.run(["xclip", "-selection", "clipboard"], input=b"before", check=True)
        window.press(CONTROL, "f")
        start = time.perf_counter()
        for letter in "zep":
            window.press(letter)
        window.press(CONTROL, "c")
        while clipboard() != TARGET:
            if time.perf_counter() - start > 10:
                sys.exit("the value never came to the clipboard")
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def seeded(home):
    """A vault of COUNT rows and one real key."""
    environment = {**os.environ, "FOB_HOME": str(home)}
    add = [RELEASE / "fob", "add", "key", "Zephyr gateway", "--env", "production", "--rotate-by", "none"]
    subprocess.run(add, check=True, capture_output=True, text=True, input=TARGET, env=environment)
    subprocess.run([sys.executable, PROJECT / "scripts/seed_vault.py", home, str(COUNT)], check=True)


def measure(home):
    """Rows of the table."""
    seeded(home)
    window = Driven(home)
    ready(window)
    rows = []
    pressed = keys(window)
    letters = sum(map(len, WORDS))
    note = f"median {statistics.median(pressed):.0f} ms, {len(pressed)} of {letters} keys changed something, {COUNT:,} credentials; goal 50 ms"
    rows.append(("key press to painted results, p95", f"{nth(pressed, 0.95):.0f} ms", note))
    for step, plain in ((100, False), (100, True), (400, False)):
        frames, blank = window.ask("POST", "/execute/async", {"script": SCROLL, "args": [step, plain]})
        what = "a plain list of text" if plain else f"{blank} of them without rows; goal 16.7 ms"
        note = f"median {statistics.median(frames):.1f} ms, {len(frames)} frames of {step} px, {what}"
        rows.append(("scrolling: frame time p95", f"{nth(frames, 0.95):.1f} ms", note))
    window.run("document.querySelector('[role=listbox]').focus()")
    taken = to_clipboard(window)
    note = f"median {statistics.median(taken):.0f} ms, {RUNS} runs, with the driver's own time; goal 300 ms"
    rows.append(("three letters and Ctrl+C, p95", f"{nth(taken, 0.95):.0f} ms", note))
    window.close()
    return rows


if __name__ == "__main__":
    for name, figure, note in measure(Path.home() / "large"):
        print(f"{name:36} {figure:>10}   {note}")
