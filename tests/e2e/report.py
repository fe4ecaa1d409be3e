#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of a report as lines: TABLE, CLASS OF THE ROW, KEY, COLUMN, NUMBER, with tabs between. The
key is what says which row it is, column by column, with ` | ' between. The number is the exact one
of <data>; `-' where there is none. Columns of shares are left out.
usage: report.py REPORT [TABLE...]"""
import html.parser
import sys


class Tables(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tables, self.table, self.row, self.cell, self.soft, self.bdi = {}, None, None, None, 0, False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        classes = (attrs.get("class") or "").split()
        if tag == "table":
            self.table = self.tables.setdefault(attrs["id"], [])
        elif tag == "tr" and self.table is not None:
            self.row = {"class": " ".join(classes) or "row", "cells": []}
            self.table.append(self.row)
        elif tag in ("th", "td") and self.row is not None:
            self.cell = {"tag": tag, "classes": classes, "text": "", "data": [], "span": int(attrs.get("colspan", 1))}
            self.row["cells"].append(self.cell)
        elif self.cell is not None and tag == "data":
            self.cell["data"].append(attrs["value"])
        elif self.cell is not None and tag == "bdi":
            self.bdi = True
            self.cell.setdefault("outside", "")
        elif self.cell is not None and tag == "time":
            self.cell["time"] = attrs["datetime"]
        # what stands beside a key: the name of a port
        if self.cell is not None and tag == "span":
            self.soft += 1 if "soft" in classes or self.soft else 0

    def handle_endtag(self, tag):
        if tag == "span" and self.soft:
            self.soft -= 1
        elif tag == "bdi":
            self.bdi = False
        elif tag in ("th", "td"):
            self.cell = None
        elif tag == "tr":
            self.row = None
        elif tag == "table":
            self.table = None

    def handle_data(self, data):
        if self.cell is not None and not self.soft:
            self.cell["outside" if self.bdi else "text"] += data


def number(cell):
    return cell["data"][0] if cell["data"] else "-"


def key(cell):
    """A text from outside is taken as it is."""
    return cell.get("time") or cell.get("outside") or cell["text"].strip()


def lines(name, rows):
    """Cells of class `n' are numbers, the others are of the key."""
    head = []
    for cell in rows[0]["cells"]:
        head += [cell] * cell["span"]
    for row in rows[1:]:
        cells = []
        for cell in row["cells"]:
            cells += [cell] * cell["span"]
        keys = [key(c) for c, h in zip(cells, head) if "n" not in h["classes"]]
        for cell, h in zip(cells, head):
            if "n" in h["classes"] and "share" not in cell["classes"]:
                yield "\t".join((name, row["class"], " | ".join(keys), h["text"], number(cell)))


def main():
    parser = Tables()
    with open(sys.argv[1], encoding="utf-8") as page:
        parser.feed(page.read())
    for name, rows in parser.tables.items():
        if not sys.argv[2:] or name in sys.argv[2:]:
            for line in lines(name, rows):
                print(line)


main()
