"""A headless Chromium, driven over the W3C WebDriver protocol with nothing but Python's standard library.

Needs the programs `chromium` and `chromedriver` (Debian: packages `chromium` and `chromium-driver`), found by name, or
named by the environment variables CHROMIUM and CHROMEDRIVER.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

# Everything here is on this machine, whatever proxy the environment names.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key under which the protocol names an element
KEYS = {
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Shift": "\ue008",
    "ArrowUp": "\ue013",
    "ArrowDown": "\ue015",
    "Tab": "\ue004",
}


class Failure(Exception):
    """Something that was expected on the page was not there."""


def programs():
    """The paths of Chromium and of its driver, or None where one of them is missing."""
    found = [
        shutil.which(os.environ.get("CHROMIUM", "chromium")),
        shutil.which(os.environ.get("CHROMEDRIVER", "chromedriver")),
    ]
    return None if None in found else found


class Browser:
    """One window. Use it in a `with`, so that both processes end with it."""

    def __init__(self, chromium, chromedriver):
        # Port 0: the driver takes a free one and prints it.
        self._driver = subprocess.Popen(
            [chromedriver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._session = None
        try:
            self._root = f"http://127.0.0.1:{self._driver_port()}"
            options = {
                "binary": chromium,
                # Chromium's own sandbox does not start as root or in most containers; the page is ours and local.
                "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"],
            }
            wish = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wish}})
            self._session = f"/session/{answer['sessionId']}"
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._session:
            self._send("DELETE", self._session)
        self._driver.terminate()
        self._driver.wait(10)

    def _driver_port(self):
        for line in self._driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                return int(found.group(1))
        raise Failure("expected chromedriver to say on which port it listens; it ended without")

    def _send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._root + path, data, {"content-type": "application/json"}, method=method)
        try:
            with DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise Failure(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def _ask(self, path, body):
        return self._send("POST", self._session + path, body)

    def _devtools(self, command, **params):
        return self._ask("/goog/cdp/execute", {"cmd": command, "params": params})

    def open(self, address):
        self._ask("/url", {"url": address})

    def look(self, width, height, scheme="light", touch=False):
        """Makes the page so many CSS pixels large, and light or dark."""
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if width < 700 else 1,
            mobile=touch,
        )
        self._devtools("Emulation.setTouchEmulationEnabled", enabled=touch)
        self._devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script, *args):
        """The value of a function body in the page; `arguments` holds the args."""
        return self._ask("/execute/sync", {"script": script, "args": list(args)})

    def wait(self, what, script, *args, seconds=10):
        """Waits until the function body gives something true, and returns it; `what` names it in a failure."""
        end = time.monotonic() + seconds
        while True:
            if found := self.run(script, *args):
                return found
            if time.monotonic() > end:
                raise Failure(f"expected within {seconds} s: {what}")
            time.sleep(0.05)

    def click(self, element):
        self._ask(f"/element/{element[ELEMENT]}/click", {})

    def type(self, *texts):
        """Types into what has the focus; a name of KEYS is that key, "Shift+Enter" two at once."""
        actions = []
        for text in texts:
            parts = text.split("+")
            keys = [KEYS[part] for part in parts] if all(part in KEYS for part in parts) else None
            if keys:
                actions += [{"type": "keyDown", "value": key} for key in keys]
                actions += [{"type": "keyUp", "value": key} for key in reversed(keys)]
            else:
                for letter in text:
                    actions += [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
        self._ask("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def pick(self, element, path):
        """Picks a file in an input for files."""
        self._ask(f"/element/{element[ELEMENT]}/value", {"text": str(path)})

    def screenshot(self, path):
        Path(path).write_bytes(base64.b64decode(self._send("GET", self._session + "/screenshot")))

    def complaints(self):
        """What the page wrote to the console as an error since the last call: none is the only good answer."""
        return [entry["message"] for entry in self._ask("/se/log", {"type": "browser"}) if entry["level"] == "SEVERE"]
