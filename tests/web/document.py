"""A strict look at HTML without a browser: every tag closed, ids unique, what is loaded, what it says."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "path", "circle", "rect", "use"}


class Document(HTMLParser):
    """Reads a page; raises AssertionError where tags do not nest."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.texts, self._open = [], [], [], []
        self.feed(html)
        self.close()
        assert self._open == [], f"never closed: {self._open}"
        assert len(self.ids) == len(set(self.ids)), "an id occurs twice"

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        last = self._open.pop()
        assert last == tag, f"</{tag}> closes <{last}>"

    def handle_data(self, data):
        if data.strip() and self._open and self._open[-1] not in {"script", "style"}:
            self.texts.append(data.strip())

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]
