"""The documents: their examples run, their links lead somewhere, pages can be read."""

import doctest
import re
from pathlib import Path

import docutils.core
import lxml.html
import pytest

from devtools import markdown

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def test_examples_of_the_theory():
    result = doctest.testfile(str(ROOT / "docs" / "theory.md"), module_relative=False)
    assert result.attempted > 10
    assert not result.failed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    missing = [name for name in targets if not (document.parent / name).exists()]
    assert not missing


SAMPLE = """\
# Title 标题

One *line*
of `a < b` and **two** [link](there.md).
中文
换行

![Alt](there.png)

<!-- page: off -->
hidden
<!-- page: on -->
- first
  goes on
- second

1. one
2. two

| A | B |
|---|---|
| 1 | *2* |

```
code <here>
```
"""


def test_markdown_to_html():
    html = markdown.to_html(markdown.parse(SAMPLE), lambda target: f"x/{target}")
    page = lxml.html.fromstring(f"<div>{html}</div>")
    assert page.findtext("h2") == "Title 标题"
    paragraph = page.find("p").text_content()
    assert paragraph == "One line of a < b and two link. 中文换行"
    assert page.find("img").get("src") == "x/there.png"
    items = [item.text_content() for item in page.iter("li")]
    assert items == ["first goes on", "second", "one", "two"]
    assert [cell.text_content() for cell in page.iter("th", "td")] == list("AB12")
    assert page.findtext("pre") == "code <here>"
    assert "hidden" not in html
    assert "href" not in html


def test_markdown_to_rst():
    rst = markdown.to_rst(markdown.parse(SAMPLE), lambda target: f"x/{target}")
    tree = docutils.core.publish_doctree(
        rst, settings_overrides={"report_level": 1, "halt_level": 1}
    )
    kinds = [type(node).__name__ for node in tree.children]
    assert kinds == [
        "title",
        "paragraph",
        "image",
        "bullet_list",
        "enumerated_list",
        "table",
        "literal_block",
    ]
    assert tree["title"] == "Title 标题"


def test_readme_of_the_addon_is_valid():
    text = (ROOT / "jxc_optimizer" / "README.rst").read_text(encoding="utf-8")
    docutils.core.publish_doctree(
        text, settings_overrides={"report_level": 1, "halt_level": 1}
    )
