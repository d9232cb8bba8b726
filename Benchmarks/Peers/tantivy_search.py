#!/usr/bin/env python3
"""Tantivy as a peer of the search suite: reads requests, one JSON object a line, and answers each.

usage: tantivy_search.py DOCUMENTS FOLDER

It is a process of its own, asked in turn with the other engines. Every time is taken in here, by
the clock of this process, around the calls of the Python package; their overhead is inside.
"""

import gc
import json
import os
import re
import shutil
import sys
import time

import tantivy

DOCUMENTS_PATH, FOLDER = sys.argv[1:3]
FILTERED_BUCKET = 3
HEAP_BYTES = 256_000_000


class Peer:
    def __init__(self):
        # Lines end with "\n" alone: other line ends may stand inside a document.
        with open(DOCUMENTS_PATH, encoding="utf-8", newline="\n") as file:
            self.texts = [line.rstrip("\n") for line in file]
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(
            "text", stored=True, tokenizer_name="en_stem", index_option="position"
        )
        builder.add_unsigned_field("bucket", indexed=True)
        self.schema = builder.build()
        self.stemmer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("English"))
            .build()
        )
        self.index = None
        self.writer = None
        self.builds = 0
        self.folder = FOLDER

    def add(self, number, text):
        document = tantivy.Document()
        document.add_text("text", text)
        document.add_unsigned("bucket", number % 10)
        self.writer.add_document(document)

    def hello(self, _):
        python = ".".join(str(part) for part in sys.version_info[:3])
        version = str(tantivy.__version__).split(",")[0].replace("tantivy v", "")
        return {"version": f"{version}, Python {python}"}

    def build(self, request):
        """The whole corpus into an empty index, by one thread; a commit after every batch."""
        self.writer = self.index = None
        # Threads that merge may still write into the old folder, so each build has its own.
        shutil.rmtree(self.folder, ignore_errors=True)
        self.builds += 1
        self.folder = os.path.join(FOLDER, str(self.builds))
        os.makedirs(self.folder)
        self.index = tantivy.Index(self.schema, path=self.folder)
        self.writer = self.index.writer(HEAP_BYTES, 1)
        batch = request["batch"]
        start = time.perf_counter()
        for number, text in enumerate(self.texts):
            self.add(number, text)
            if (number + 1) % batch == 0:
                self.writer.commit()
        self.writer.commit()
        self.index.reload()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "segments": self.index.searcher().num_segments}

    def size(self, _):
        """Bytes of the files on disk but those that store the texts."""
        names = [name for name in os.listdir(self.folder) if not name.endswith(".store")]
        return {"bytes": sum(os.path.getsize(os.path.join(self.folder, name)) for name in names)}

    def query(self, question):
        kind, words = question["kind"], question["words"]
        if kind == "prefix":
            return tantivy.Query.regex_query(self.schema, "text", re.escape(words[0]) + ".*")
        if kind == "fuzzy":
            # The index has stems, and the package does not stem a fuzzy word.
            stem = self.stemmer.analyze(words[0])[0]
            return tantivy.Query.fuzzy_term_query(
                self.schema, "text", stem, distance=question["distance"]
            )
        if kind == "phrase":
            text = '"' + " ".join(words) + '"'
        else:
            text = (" OR " if kind == "any" else " AND ").join(words)
        query = self.index.parse_query(text, ["text"])
        if kind != "filtered":
            return query
        bucket = tantivy.Query.term_query(self.schema, "bucket", FILTERED_BUCKET)
        bucket = tantivy.Query.const_score_query(bucket, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, bucket)]
        )

    def ask(self, request):
        """Times per question; with rows, the query is read and the documents are fetched too."""
        searcher = self.index.searcher()
        questions = request["questions"]
        with_rows = request["rows"]
        clock = time.perf_counter_ns
        times = []
        found = 0
        if not with_rows:
            prepared = [self.query(question) for question in questions]
        gc.disable()
        for number, question in enumerate(questions):
            if with_rows:
                start = clock()
                hits = searcher.search(self.query(question), 10, count=False).hits
                rows = [searcher.doc(address)["text"][0] for _, address in hits]
                times.append((clock() - start) / 1000)
                found += len(rows)
            else:
                query = prepared[number]
                start = clock()
                result = searcher.search(query, 10, count=False)
                times.append((clock() - start) / 1000)
                found += len(result.hits)
        gc.enable()
        return {"microseconds": times, "hits": found}

    def matches(self, request):
        searcher = self.index.searcher()
        return {
            "counts": [
                searcher.search(self.query(question), 10, count=True).count
                for question in request["questions"]
            ]
        }

    def overhead(self, _):
        """What a call takes that has nothing to find."""
        searcher = self.index.searcher()
        query = tantivy.Query.empty_query()
        times = []
        for _ in range(2000):
            start = time.perf_counter_ns()
            searcher.search(query, 10, count=False)
            times.append((time.perf_counter_ns() - start) / 1000)
        return {"microseconds": times}

    def commits(self, request):
        """Commits of one document each, until a search would see it."""
        times = []
        for number in range(request["count"]):
            word = f"zqvisible{request['seed']}x{number}"
            text = self.texts[number * 97 % len(self.texts)] + " " + word
            start = time.perf_counter_ns()
            self.add(number, text)
            self.writer.commit()
            self.index.reload()
            searcher = self.index.searcher()
            times.append((time.perf_counter_ns() - start) / 1000)
            found = searcher.search(self.index.parse_query(word, ["text"]), 10).count
            if found != 1:
                raise RuntimeError(f"{word} is in {found} documents")
        return {"microseconds": times}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(peer, request["op"])(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
