"""The peer: SQLite FTS5 with trigrams, on the statutes benchmark.

python3 bench/peers/fts5_statutes.py ARTICLES QUESTIONS

Prints recall as `cargo run --release -p matching --example measure` defines it.
A trigram index needs three characters a term, so a question is cut into all of its trigrams.
"""

import json
import sqlite3
import sys
import time

LIMIT = 100


def trigrams(text):
    kept = "".join(c if c.isalnum() else " " for c in text).split()
    found = {word[at : at + 3] for word in kept for at in range(len(word) - 2)}
    return " OR ".join(f'"{trigram}"' for trigram in sorted(found))


def main(articles_path, questions_path):
    with open(articles_path, encoding="utf-8") as file:
        articles = json.load(file)
    with open(questions_path, encoding="utf-8") as file:
        questions = json.load(file)
    db = sqlite3.connect(":memory:")
    started = time.perf_counter()
    db.execute("create virtual table article using fts5(title, body, tokenize = 'trigram')")
    db.executemany("insert into article values (?, ?)", articles.items())
    pages = db.execute("pragma page_count").fetchone()[0]
    size = db.execute("pragma page_size").fetchone()[0] * pages / 1e6
    print(f"index built in {time.perf_counter() - started:.1f} s, {size:.1f} MB")
    sql = "select title from article where article match ? order by rank limit ?"
    at_10 = at_100 = reciprocal = 0.0
    times = []
    for question in questions:
        gold = set(question["gold"])
        started = time.perf_counter()
        query = trigrams(question["question"])
        found = [row[0] for row in db.execute(sql, (query, LIMIT))] if query else []
        times.append(time.perf_counter() - started)
        at_10 += len(gold.intersection(found[:10])) / len(gold)
        at_100 += len(gold.intersection(found)) / len(gold)
        first = next((at for at, title in enumerate(found) if title in gold), None)
        reciprocal += 0.0 if first is None else 1.0 / (first + 1)
    times.sort()
    count = len(questions)
    print(
        f"FTS5 trigrams  R@10 {at_10 / count:.4f}  R@100 {at_100 / count:.4f}  "
        f"MRR {reciprocal / count:.4f}  p50 {times[count // 2] * 1e3:.2f} ms  "
        f"p99 {times[count * 99 // 100] * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
