#!/usr/bin/env python3
"""copydesk beside a Python summarizer and a rule-based quote finder, on the same articles in one run.

    cargo build --release && python3 benches/peers/text.py target/release/copydesk

Installs sumy from PyPI into a virtual environment of its own, in a temporary folder. Prints articles a second:
- copydesk `pipe`: everything that a record holds, as a whole program, on as many cores as --jobs says;
- sumy's LexRank, three sentences an article, in one process. Its own tokenizer asks for data that PyPI does not have,
  so it gets a plain one of regular expressions, which is faster;
- quotations in marks with the nearest cue verb and name by regular expressions: what textacy's `direct_quotations`
  does, without the parse that it needs first, which takes many times as long.
The articles are the seeds' paragraphs, some 3 kB each, under numbers that make each a text of its own.
"""
import argparse, itertools, json, os, pathlib, re, subprocess, sys, tempfile, time, venv

ROOT = pathlib.Path(__file__).resolve().parents[2]


def articles(count):
    texts = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "seeds").glob("*.en.txt"))]
    paragraphs = [p for text in texts for p in text.split("\n\n") if len(p) > 80]
    made, pool = [], itertools.cycle(paragraphs)
    for number in range(count):
        parts = [f"The tale of harbour {number}"]
        while sum(map(len, parts)) < 3000:
            parts.append(f"{next(pool)} It was report {number} of the day.")
        made.append("\n\n".join(parts))
    return made


def copydesk(binary, texts, jobs):
    feed = "".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts)).encode()
    begun = time.perf_counter()
    done = subprocess.run([binary, "pipe", "--format", "jsonl", "-j", str(jobs)], input=feed, stdout=subprocess.PIPE, check=True)
    took = time.perf_counter() - begun
    assert done.stdout.count(b"\n") == len(texts)
    return len(texts) / took


CHILD = r"""
import json, re, sys, time
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer

class Plain:
    def to_sentences(self, text):
        return [s for s in re.split(r"(?<=[.!?])\s+", text) if s]
    def to_words(self, sentence):
        return re.findall(r"\w+", sentence)

texts = json.load(open(sys.argv[1], encoding="utf-8"))
lexrank, begun = LexRankSummarizer(), time.perf_counter()
for text in texts:
    lexrank(PlaintextParser.from_string(text, Plain()).document, 3)
print(len(texts) / (time.perf_counter() - begun))
"""

CUES = "said|says|told|added|wrote|asked|explained|noted|warned|argued|insisted|announced|replied|stated"
QUOTE = re.compile(r"[“\"]([^”\"]{3,2000})[”\"]")
CUE = re.compile(rf"\b({CUES})\b")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)*\b|\b(?:he|she|they)\b")


def rules(texts):
    begun = time.perf_counter()
    found = 0
    for text in texts:
        for quote in QUOTE.finditer(text):
            around = text[max(0, quote.start() - 120):quote.start()] + text[quote.end():quote.end() + 120]
            if CUE.search(around) and NAME.search(around):
                found += 1
    return len(texts) / (time.perf_counter() - begun), found


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("binary")
    asked.add_argument("--articles", type=int, default=20_000)
    asked.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = asked.parse_args()
    texts = articles(asked.articles)
    size = sum(len(t.encode()) for t in texts) / len(texts)
    print(f"{len(texts)} articles of {size:.0f} bytes; sumy on the first {len(texts) // 20} of them")
    print(f"copydesk pipe, {asked.jobs} jobs   {copydesk(asked.binary, texts, asked.jobs):10.0f} articles/s")
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = pathlib.Path(place) / "bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", "sumy", "numpy"], check=True)
        data = pathlib.Path(place) / "articles.json"
        data.write_text(json.dumps(texts[:len(texts) // 20]), encoding="utf-8")
        rate = float(subprocess.run([python, "-c", CHILD, data], check=True, stdout=subprocess.PIPE).stdout)
    print(f"sumy LexRank, 1 process  {rate:10.0f} articles/s")
    rate, found = rules(texts)
    print(f"quote rules, 1 process   {rate:10.0f} articles/s   ({found} quotes)")


if __name__ == "__main__":
    sys.exit(main())
