"""Writes Debian's package index as lines: email, name, package, description, with tabs between.

Usage: packages.py FILE. Ends with exit code 1 where there is no apt-cache or it knows nothing.
"""

import re
import shutil
import subprocess
import sys


def paragraphs(text):
    """The fields of each paragraph, lines that go on joined."""
    for block in text.split("\n\n"):
        fields, name = {}, None
        for line in block.split("\n"):
            if line[:1] == " ":
                if name:
                    fields[name] += " " + line.strip()
            elif ":" in line:
                name, value = line.split(":", 1)
                fields[name] = value.strip()
        yield fields


def clean(text):
    return " ".join(text.split())


def main():
    if not shutil.which("apt-cache"):
        return 1
    text = subprocess.run(
        ["apt-cache", "dumpavail"], capture_output=True, check=True
    ).stdout.decode("utf-8", "replace")
    count = 0
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        for fields in paragraphs(text):
            match = re.match(r"(.*?)\s*<([^>]+)>", fields.get("Maintainer", ""))
            # Where long descriptions are not installed, the tags make up for some of them.
            description = fields.get("Description-en") or fields.get("Description", "")
            if not match or "Package" not in fields or not description:
                continue
            words = clean(description + " " + fields.get("Tag", "").replace("::", " "))
            row = [match.group(2), clean(match.group(1)), fields["Package"], words[:4000]]
            out.write("\t".join(row) + "\n")
            count += 1
    return 0 if count else 1


sys.exit(main())
