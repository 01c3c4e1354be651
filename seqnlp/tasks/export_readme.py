"""The README of a model as graphs: how its inputs are made of texts or rows, for programs in any language."""

from __future__ import annotations

from seqnlp.data.lexicon import FIRST_CHARACTER, MAX_WORD_LENGTH, WORD_BEGIN, WORD_END
from seqnlp.networks.graph import Graph, Value
from seqnlp.page.patterns import to_javascript
from seqnlp.tasks.exported import Exported, named_characters
from seqnlp.text.casing import CASINGS
from seqnlp.text.tokenize import INVISIBLE, KINDS, pattern_of
from seqnlp.text.word_pieces import CONTINUES, MOST_PIECES

TOKENIZER = "tokenizer.json"
"""The file that says how texts become words."""

_INVISIBLE = named_characters(INVISIBLE)

_WORD_RULES = {
    "word_ids": "`word_ids`: the place of the word, lower-cased if `lowercase`, in `words`.",
    "vector_ids": "`vector_ids`: the place in `vector_words` of the first of these that is there: the word; "
    "lower-cased; that without any `#` and `@` at its beginning; lower-cased with 0 for every digit.",
    "characters": f"`characters`: {WORD_BEGIN}, of each character its place in `characters` plus {FIRST_CHARACTER}, "
    f"{WORD_END}; then zeros. Of a word of more than {MAX_WORD_LENGTH} characters the first and the last "
    f"{MAX_WORD_LENGTH // 2}. `lengths`: how many these are before the zeros.",
    "casings": "`casings`: "
    + ", ".join(f"{number} {name}" for number, name in enumerate(CASINGS))
    + ". Of letters and "
    "digits: `mostly digits` where more than half of all characters are digits, else `some digits`; of digits without "
    "letters `digits`; of neither `punctuation`. Of letters: `caseless` where upper and lower case are the same; "
    "`lower`; `title` where all letters after the first are lower (a single upper one, too); `upper`; or `mixed`.",
}
"""What the inputs of the graph ``words`` are."""


def expressions(tokenizer: str) -> dict[str, str]:
    """The regular expression of a tokenizer, as Python and as JavaScript and others read it."""
    pattern = pattern_of(tokenizer)
    return {"kind": tokenizer, "python": pattern, "javascript": to_javascript(pattern)}


def readme(task: str, graphs: dict[str, Graph], exported: Exported) -> str:
    """What a programmer must know of the graphs of a task, and a table of the inputs and outputs of each."""
    parts = [
        f"# Graphs of a model for {task}\n\nMade by seqnlp; for ONNX Runtime and other runtimes. {exported.notes}\n"
    ]
    if exported.tokenizer in KINDS:
        parts.append(
            f"\nThe words of a text, cut by the tokenizer `{exported.tokenizer}`, are the matches of the regular "
            f"expression in {TOKENIZER}, one after the other: `python` for its module re with re.VERBOSE, "
            f"`javascript` for JavaScript with the flag u. Before, take {_INVISIBLE} out of the text.\n"
        )
    elif exported.tokenizer:
        parts.append(f"\nTexts are cut into words as spaCy does by the rules of a language, `{exported.tokenizer}`.\n")
    if "words" in graphs:
        inputs = [value.name for value in graphs["words"].inputs]
        parts.append(
            "\n`words` makes the vector of each word form from places in the lists of vocabulary.json, counted from 1; "
            "0 is what is not there. Its `rows`, gathered for each text, are what the next graph reads. First, a word "
            "that is in neither `words` nor `vector_words` is taken as its composed form (NFC), or else its decomposed "
            "one (NFD), if that is there; if none is, as the first of the three with the fewest characters that "
            "`characters` lacks. N-grams are made of words so taken.\n\n"
            + "".join(f"- {rule}\n" for name, rule in _WORD_RULES.items() if name in inputs)
        )
    if any(value.name == "vector_rows" for graph in graphs.values() for value in graph.inputs):
        parts.append(
            "\n`vector_rows` are, of a word in `vector_words`, the number of `pieces` plus its place there; of another "
            "word, the places in `pieces` (from 1) of its pieces, then zeros. A word's pieces: lower-case it; of "
            "a character that is in no piece, take the canonical decomposition (NFD) without its marks (Mn); cut the "
            "word into runs of letters, numbers and marks (L, N, M), every other character by itself; cut each run "
            "from left to right, always at the longest piece that fits, its first piece as `pieces` has it, the later "
            f"ones after `{CONTINUES}`; where none fits try the other kind, and else skip the character. Of more than "
            f"{MOST_PIECES} take the first and the last {MOST_PIECES // 2}.\n"
        )
    for name, graph in graphs.items():
        rows = [_row("input", value) for value in graph.inputs] + [_row("output", value) for value in graph.outputs]
        parts.append(f"\n## {name}.onnx\n\n| | name | type | shape |\n|---|---|---|---|\n" + "".join(rows))
    return "".join(parts)


def _row(kind: str, value: Value) -> str:
    shape = " x ".join(map(str, value.shape)) or "one number"
    return f"| {kind} | `{value.name}` | {value.dtype} | {shape} |\n"
