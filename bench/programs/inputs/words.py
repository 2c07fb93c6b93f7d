"""Objects of many kinds: texts, dictionaries, JSON and back, a syntax tree, sorting."""

import ast
import json
import re

text = " ".join(f"w{i * 7919 % 20011} {'x' * (i % 60)}" for i in range(150000))
counts = {}
for word in re.findall(r"\w+", text):
    counts[word] = counts.get(word, 0) + 1
records = [{"word": word, "count": count, "places": list(range(count % 17))} for word, count in counts.items()]
again = json.loads(json.dumps(records))
again.sort(key=lambda record: (-record["count"], record["word"]))

source = "\n".join(f"def f{i}(a, b):\n    return [a * {i} + x for x in b if x != {i % 7}]\n" for i in range(3000))
names = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
print(len(again), again[0]["word"], len(names))
