"""Where Odoo 19.0 comes from: ODOO_PATH, an installed package, or Debian's archive."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import cache, console

PACKAGE = "odoo-19"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
#: fonts and libraries that Odoo's package reaches by links into /usr/share
COMPANIONS = (
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
#: later versions carry no webfont files, without which every icon is missing
ICON_FONT = "fonts-font-awesome"
ICON_FONT_VERSION = "4.7"
#: loaded by every page but left out of Debian's package
MISSING_SCRIPT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
ADVICE = (
    "Get Odoo yourself and point to it:\n"
    "    git clone --depth 1 --branch 19.0 <the odoo/odoo repository on GitHub> odoo\n"
    "    ODOO_PATH=$PWD/odoo ./dev demo"
)


def find() -> Path:
    """The folder to put on PYTHONPATH so that ``import odoo`` is Odoo 19.0."""
    chosen = os.environ.get("ODOO_PATH")
    if chosen:
        root = Path(chosen).expanduser().resolve()
        _check_release(root)
        return root
    installed = importlib.util.find_spec("odoo")
    if installed and installed.submodule_search_locations:
        root = Path(next(iter(installed.submodule_search_locations))).parent
        if (root / "odoo" / "release.py").exists():
            _check_release(root)
            return root
    return _from_debian() / "usr" / "lib" / "python3" / "dist-packages"


def _check_release(root: Path) -> None:
    release = root / "odoo" / "release.py"
    if not release.is_file():
        raise console.Failure(f"{root} holds no Odoo (odoo/release.py is missing).")
    found = re.search(r"version_info = \((\d+), (\d+)", release.read_text())
    if not found or found.groups() != ("19", "0"):
        version = ".".join(found.groups()) if found else "unknown"
        raise console.Failure(
            f"{root} is Odoo {version}, but jxc_optimizer needs 19.0.\n{ADVICE}"
        )


def _from_debian() -> Path:
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise console.Failure(
            f"No Odoo 19 here, and this is no Debian to get it from.\n{ADVICE}"
        )
    return cache.folder("odoo-19.0", _unpack)


def _unpack(target: Path) -> None:
    with console.step("Getting Odoo 19.0 from Debian's archive"):
        apt = _Apt(target / "apt")
        apt.download([PACKAGE, *COMPANIONS, f"{ICON_FONT}={apt.icon_font_version()}"])
        for package in sorted(apt.packages.glob("*.deb")):
            console.call(["dpkg", "-x", package, target], advice=ADVICE)
        shutil.rmtree(apt.root)
    root = target / "usr" / "lib" / "python3" / "dist-packages"
    shutil.rmtree(root / "addons", ignore_errors=True)  # a partial copy of odoo/addons
    script = root / "odoo" / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True)
        script.write_text("// Background blur of video calls is not available here.\n")
    _check_release(root)


class _Apt:
    """apt with lists, cache and sources of its own; the system's stay untouched."""

    def __init__(self, root: Path):
        self.root = root
        self.packages = root / "packages"
        for folder in ("lists/partial", "cache/archives/partial", "packages"):
            (root / folder).mkdir(parents=True)
        (root / "status").touch()
        mirror, suite = _mirror()
        lines = [
            f"deb [signed-by={KEYRING}] {mirror} {name} main"
            for name in dict.fromkeys(("sid", suite))
        ]
        (root / "sources.list").write_text("\n".join(lines) + "\n")
        self.options = []
        for setting in (
            f"Dir::State::lists={root}/lists",
            f"Dir::State::status={root}/status",
            f"Dir::Cache={root}/cache",
            f"Dir::Etc::sourcelist={root}/sources.list",
            "Dir::Etc::sourceparts=-",
            "Acquire::Languages=none",
            "APT::Sandbox::User=",
        ):
            self.options += ["-o", setting]
        console.call(["apt-get", *self.options, "-q", "update"], advice=ADVICE)

    def icon_font_version(self) -> str:
        output = subprocess.run(
            ["apt-cache", *self.options, "madison", ICON_FONT],
            capture_output=True,
            text=True,
        ).stdout
        versions = [line.split("|")[1].strip() for line in output.splitlines()]
        for version in versions:
            if ICON_FONT_VERSION in version:
                return version
        raise console.Failure(
            f"Debian offers {ICON_FONT} only as {', '.join(versions) or 'nothing'}; "
            f"version {ICON_FONT_VERSION} is needed.\n{ADVICE}"
        )

    def download(self, packages: list[str]) -> None:
        console.call(
            ["apt-get", *self.options, "-q", "download", *packages],
            advice=ADVICE,
            cwd=self.packages,
        )


def _mirror() -> tuple[str, str]:
    """Address and suite of the Debian mirror that this machine is set to use."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(CODENAME)|$(ORIGIN)"],
        capture_output=True,
        text=True,
    ).stdout
    for line in listing.splitlines():
        address, suite, origin = line.split("|")
        if origin == "Debian" and "-" not in suite:
            return address, suite
    return _mirror_from_sources()  # the lists were never fetched


def _mirror_from_sources() -> tuple[str, str]:
    suite = _codename()
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*"))]
    for file in files:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        text = file.read_text(errors="replace")
        if file.suffix == ".list":
            pattern = rf"^deb\s+(?:\[.*?\]\s+)?(\S+)\s+{suite}\s+.*\bmain\b"
            found = re.search(pattern, text, re.MULTILINE)
            if found:
                return found[1], suite
            continue
        for stanza in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
            suites = fields.get("Suites", "").split()
            if suite in suites and "main" in fields.get("Components", "").split():
                return fields["URIs"].split()[0], suite
    raise console.Failure(
        f"apt on this machine names no mirror of Debian {suite}.\n{ADVICE}"
    )


def _codename() -> str:
    text = Path("/etc/os-release").read_text()
    found = re.search(r"^VERSION_CODENAME=(\S+)", text, re.MULTILINE)
    return found[1] if found else "stable"
