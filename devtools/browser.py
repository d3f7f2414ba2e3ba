"""The browser that tours and screenshots need: Debian's chromium or any Chrome."""

from __future__ import annotations

import os
import shutil

from . import console

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Path of a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def required() -> bool:
    """Whether a missing browser is a failure (in CI) rather than a skipped tour."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def check() -> str | None:
    """The browser; tells when there is none, and fails where one is required."""
    browser = find()
    if browser:
        return browser
    text = "No Chromium or Chrome found: apt-get install chromium fonts-noto-cjk"
    if required():
        raise console.Failure(text)
    console.say(f"! {text} (browser tours are skipped)")
    return None
