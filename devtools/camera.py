"""A headless Chromium that opens Odoo's pages, acts on them and takes pictures."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from . import console

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class Camera:
    """One browser window; use as a context manager."""

    def __init__(self, browser: str, width: int = 1440, height: int = 900):
        self.browser = browser
        self.size = width, height
        self.errors: list[str] = []
        #: of what is asked of the server beside the pages
        self.language = "en_US"
        self._next = 0

    def __enter__(self) -> Camera:
        import websocket

        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        width, height = self.size
        self.process = subprocess.Popen(
            [
                self.browser,
                *FLAGS,
                f"--window-size={width},{height}",
                f"--user-data-dir={self.profile.name}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port = self._port()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            targets = json.load(answer)
        page = next(target for target in targets if target["type"] == "page")
        self.socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=60
        )
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.resize(width, height)
        return self

    def __exit__(self, *_error) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self.profile.cleanup()

    def _port(self) -> str:
        file = Path(self.profile.name) / "DevToolsActivePort"
        for _attempt in range(200):
            if file.exists() and file.read_text():
                return file.read_text().splitlines()[0]
            time.sleep(0.1)
        raise console.Failure("Chromium did not start.")

    def send(self, method: str, **parameters) -> dict:
        """Send a command of the DevTools protocol and return its answer."""
        self._next += 1
        number = self._next
        message = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                details = answer["params"]["exceptionDetails"]
                text = details.get("exception", {}).get("description")
                self.errors.append(text or details["text"])
            if answer.get("id") == number:
                if "error" in answer:
                    raise console.Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def resize(self, width: int, height: int, *, mobile: bool = False) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=mobile,
        )

    def open(self, address: str) -> None:
        self.send("Page.navigate", url=address)
        time.sleep(0.5)

    def evaluate(self, script: str):
        """The value of a JavaScript expression (promises are awaited)."""
        answer = self.send(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise console.Failure(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def wait(self, selector: str, patience: float = 60) -> None:
        """Wait until an element is there."""
        quoted = json.dumps(selector)
        end = time.monotonic() + patience
        while not self.evaluate(f"!!document.querySelector({quoted})"):
            if time.monotonic() > end:
                raise console.Failure(f"{selector} did not appear.")
            time.sleep(0.2)
        time.sleep(0.8)  # pictures and fonts

    def click(self, selector: str, text: str = "") -> None:
        """Click the first element that matches and contains the text."""
        self.wait(selector)
        found = self.evaluate(
            f"""(() => {{
                const all = [...document.querySelectorAll({json.dumps(selector)})];
                const one = all.find(e => e.textContent.includes({json.dumps(text)}));
                if (one) one.click();
                return !!one;
            }})()"""
        )
        if not found:
            raise console.Failure(f"No {selector} with the text {text!r}.")
        time.sleep(1)

    def scroll_to(self, selector: str) -> None:
        """Bring an element into the middle of the window."""
        self.evaluate(
            f"document.querySelector({json.dumps(selector)})"
            ".scrollIntoView({block: 'center'})"
        )
        time.sleep(0.5)

    def login(self, address: str, user: str, password: str) -> None:
        self.open(f"{address}/web/login")
        self.wait("input[name=password]")
        self.evaluate(
            f"""(() => {{
                document.querySelector("input[name=login]").value = {json.dumps(user)};
                const field = document.querySelector("input[name=password]");
                field.value = {json.dumps(password)};
                field.form.submit();
            }})()"""
        )
        self.wait(".o_main_navbar")

    def shoot(self, file: Path) -> None:
        """Write what is visible as PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        answer = self.send("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(answer["data"]))
