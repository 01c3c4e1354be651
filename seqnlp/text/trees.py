"""Trees with a label at every node, as in the Stanford Sentiment Treebank (Socher et al. 2013), one a line.

``(3 (2 It) (4 (2 's) (4 lovely)))``: a node is a label and either a word or nodes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from seqnlp.errors import DataError
from seqnlp.text.documents import Document
from seqnlp.text.files import read_lines

_PIECES = re.compile(r"\(|\)|[^\s()]+")
_ESCAPES = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
"""How the Penn Treebank writes what would disturb its brackets, and both kinds of quotes."""


def read_trees(path: str | os.PathLike[str]) -> Iterator[Document]:
    """The sentences of a file with the label at their root; their other nodes are ``phrases``. Blank lines are skipped.

    Words are joined by spaces, the Penn Treebank's escapes undone.

    Raises:
        DataError: brackets that do not pair, a node without label or words, or something after the tree.
    """
    for number, line in read_lines(path):
        if line.strip():
            try:
                *phrases, (text, label) = _nodes(line)
            except DataError as problem:
                raise DataError(str(problem), path, number) from None
            yield Document(text, (label,), number, tuple(phrases))


def _nodes(line: str) -> list[tuple[str, str]]:
    """Text and label of each node, the root last."""
    done: list[tuple[str, str]] = []
    open_nodes: list[tuple[str, int]] = []  # label, and the number of words before it
    words: list[str] = []
    pieces = _PIECES.findall(line)
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if done and not open_nodes:
            raise DataError(f"expected one tree a line, found '{piece}' after its end")
        if piece == "(":
            position += 1
            if position == len(pieces) or pieces[position] in "()":
                raise DataError("expected a label after '(', found none")
            open_nodes.append((pieces[position], len(words)))
        elif not open_nodes:
            raise DataError(f"expected a tree such as (3 (2 good) (2 film)), found '{piece}' outside of brackets")
        elif piece == ")":
            label, first = open_nodes.pop()
            if first == len(words):
                raise DataError(f"expected words inside the node with label '{label}', found none")
            done.append((" ".join(words[first:]), label))
        else:
            words.append(_unescaped(piece))
        position += 1
    if open_nodes:
        raise DataError(f"expected as many ')' as '(', found {len(open_nodes)} missing at the end of the line")
    return done


def _unescaped(word: str) -> str:
    return _ESCAPES.get(word, word.replace("\\/", "/").replace("\\*", "*"))
