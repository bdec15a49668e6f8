#!/usr/bin/env python3
"""Starts Fobwatch as a desktop does, and looks at its window and its tray.

package_probe.py           the installed one, by its desktop entry
package_probe.py APPRUN    the one in the folder of an AppImage

Runs in a session of its own (tests/session/session.sh). It is the desktop's half of the tray: it owns
org.kde.StatusNotifierWatcher, reads the menu and chooses from it. Prints what held; ends with 1 at the first thing that
does not.
"""

import configparser
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
ENTRY = "usr/share/applications/dev.fobwatch.Fobwatch.desktop"
SOON = 60
KEY = "sk_test_of_the_package"


class Watcher(dbus.service.Object):
    """Takes down who registers an item: the sender, and the path if it names one."""

    def __init__(self, bus):
        super().__init__(bus, "/StatusNotifierWatcher", dbus.service.BusName(WATCHER, bus))
        self.items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        self.items.append((sender, service if service.startswith("/") else "/StatusNotifierItem"))

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return self.GetAll(_interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="s", out_signature="a{sv}")
    def GetAll(self, _interface):
        return {"IsStatusNotifierHostRegistered": True, "ProtocolVersion": 0,
                "RegisteredStatusNotifierItems": dbus.Array([a + b for a, b in self.items], signature="s")}


def until(what, look):
    """Asks again until there is an answer."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"waited {SOON} s in vain for {what}")


def held(what):
    print(f"   holds  {what}", flush=True)


def windows(what="--name", pattern="^Fobwatch$"):
    """The numbers of the windows that are on the screen."""
    search = ["xdotool", "search", "--onlyvisible", what, pattern]
    return subprocess.run(search, capture_output=True, text=True).stdout.split()


def pages():
    """The processes that draw pages; their names are cut after fifteen letters."""
    return [one for one in pathlib.Path("/proc").glob("[0-9]*/comm") if one.read_text().startswith("WebKitWebProces")]


def menu_of(bus, item):
    """The labels of the tray's menu, with what they are called by."""
    sender, path = item
    there = dbus.Interface(bus.get_object(sender, path, introspect=False), dbus.PROPERTIES_IFACE)
    place = there.Get(ITEM, "Menu", timeout=10)
    menu = dbus.Interface(bus.get_object(sender, place, introspect=False), MENU)
    _, (_, _, lines) = menu.GetLayout(0, -1, dbus.Array([], signature="s"), timeout=10)
    labels = {str(line[1].get("label", "")).replace("_", ""): int(line[0]) for line in lines}
    nothing, now = dbus.Int32(0, variant_level=1), dbus.UInt32(0)
    return labels, lambda number: menu.Event(number, "clicked", nothing, now, timeout=10)


def choose(bus, item, start):
    """Chooses the line of the menu that begins with `start`, once it is there."""
    def look():
        labels, click = menu_of(bus, item)
        return [(click, number) for label, number in labels.items() if label.startswith(start)]
    click, number = until(f"“{start}” in the tray", look)[0]
    click(number)


def clipboard():
    said = subprocess.run(["xclip", "-selection", "clipboard", "-o"], capture_output=True, text=True, timeout=10)
    return said.stdout


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    dbus.mainloop.glib.threads_init()
    watcher = Watcher(dbus.SessionBus())
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    bus = dbus.SessionBus(private=True)

    entry = configparser.ConfigParser(interpolation=None, strict=False)
    entry.optionxform = str
    image = sys.argv[1:]
    entry.read(pathlib.Path(image[0]).parent / ENTRY if image else f"/{ENTRY}")
    entry = entry["Desktop Entry"]
    program = image or shlex.split(entry["Exec"])
    fob = [*image, "fob"]
    subprocess.run([*fob, "add", "key", "Package"], input=KEY + "\n", text=True, check=True, stdout=subprocess.DEVNULL)

    app = subprocess.Popen(program)
    window = until("a window", windows)[0]
    held("it opens a window")
    until("a process for the page", pages)
    time.sleep(2)
    if not pages():
        raise SystemExit("the process of the page did not live")
    held("the page runs in a process of WebKit")
    if window not in windows("--class", f"^{entry['StartupWMClass']}$"):
        raise SystemExit(f"the window is not of the class {entry['StartupWMClass']}")
    held("the window is of the class that the entry names")
    item = until("an item in the tray", lambda: watcher.items)[-1]
    held("an item is registered in the tray")
    choose(bus, item, "Package")
    until("the key on the clipboard", lambda: clipboard() == KEY)
    held("choosing a credential in the tray copies it")
    choose(bus, item, "Quit")
    if app.wait(SOON) != 0:
        raise SystemExit(f"it ended with {app.returncode}")
    held("Quit in the tray ends it with 0")

    watcher.items.clear()
    app = subprocess.Popen([*program, "--hidden"])
    until("an item in the tray", lambda: watcher.items)
    if windows():
        raise SystemExit("a hidden start shows a window")
    held("a hidden start shows the item and no window")
    app.send_signal(signal.SIGTERM)
    if app.wait(SOON) != 0:
        raise SystemExit(f"SIGTERM ended it with {app.returncode}")
    held("SIGTERM ends it with 0")
    os._exit(0)


main()
