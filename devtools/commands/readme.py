"""Write the add-on's README.rst and description page from the READMEs at the root."""

from __future__ import annotations

from pathlib import Path

from .. import cache, console, markdown

ADDON = cache.CHECKOUT / "jxc_optimizer"
DESCRIPTION = ADDON / "static" / "description"
ENGLISH, CHINESE = cache.CHECKOUT / "README.md", cache.CHECKOUT / "README.zh.md"
SCREENSHOTS = "docs/screenshots/"


def add_arguments(parser):
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, fail when a file is out of date",
    )


def run(options):
    stale = {file: text for file, text in _files().items() if _differs(file, text)}
    if options.check and stale:
        names = ", ".join(str(file.relative_to(cache.CHECKOUT)) for file in stale)
        raise console.Failure(f"Out of date: {names}. Write them with ./dev readme")
    for file, content in stale.items():
        file.write_bytes(content)
        console.say(f"✓ {file.relative_to(cache.CHECKOUT)}")


def _differs(file: Path, content: bytes) -> bool:
    return not file.exists() or file.read_bytes() != content


def _files() -> dict[Path, bytes]:
    """The content that every generated file should have."""
    english = markdown.parse(ENGLISH.read_text(encoding="utf-8"))
    chinese = markdown.parse(CHINESE.read_text(encoding="utf-8"))
    files = {}
    for block in [*english, *chinese]:
        source = cache.CHECKOUT / block.target
        if block.kind == "picture" and source.is_file():
            files[DESCRIPTION / _name(block.target)] = source.read_bytes()
    pages = [
        f'<section class="container py-4" lang="{language}">\n'
        f"{markdown.to_html(blocks, _name)}</section>\n"
        for language, blocks in (("en", english), ("zh-CN", chinese))
    ]
    files[DESCRIPTION / "index.html"] = "".join(pages).encode()
    rst = markdown.to_rst(english, lambda target: f"static/description/{_name(target)}")
    note = ".. Written from README.md by ./dev readme; change it there.\n\n"
    files[ADDON / "README.rst"] = (note + rst).encode()
    return files


def _name(target: str) -> str:
    """Name of a screenshot's copy beside the page."""
    return target.removeprefix(SCREENSHOTS).replace("/", "_")
