#!/usr/bin/env python3
"""Writes the dictionaries of Debian's dict-gcide and dict-foldoc as one document a line.

usage: corpus.py FILE [FOLDER]     FOLDER holds *.index and *.dict.dz; /usr/share/dictd else
"""

import gzip
import os
import sys

DIGITS = {
    digit: value
    for value, digit in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}


def number(text):
    """The offsets and lengths of an index are written to base 64."""
    value = 0
    for digit in text:
        value = value * 64 + DIGITS[digit]
    return value


def documents(folder, name):
    with gzip.open(os.path.join(folder, name + ".dict.dz")) as file:
        data = file.read()
    seen = set()
    with open(os.path.join(folder, name + ".index"), encoding="utf-8", errors="replace") as file:
        for line in file:
            word, start, length = line.rstrip("\n").split("\t")[:3]
            # Several words may lead to one article; those that begin with 00 describe the file.
            if (start, length) in seen or word.startswith("00"):
                continue
            seen.add((start, length))
            begin = number(start)
            text = data[begin : begin + number(length)].decode("utf-8", "replace")
            text = " ".join(text.split())
            if text:
                yield text


def main():
    path = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else "/usr/share/dictd"
    with open(path + ".new", "w", encoding="utf-8") as file:
        for name in ("gcide", "foldoc"):
            for text in documents(folder, name):
                file.write(text + "\n")
    os.replace(path + ".new", path)


main()
