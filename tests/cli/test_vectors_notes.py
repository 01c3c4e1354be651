"""``seqnlp vectors train`` says of texts what is probably not meant to be read so, before it learns from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.cli import main


@pytest.mark.parametrize(
    ("content", "options", "note"),
    [
        (
            "1\n00:00:01,000 --> 00:00:02,000\nThe harbour\n",
            [],
            "corpus: looks like subtitles, all of which is read as",
        ),
        ("<html>\n<p>The harbour</p>\n</html>\n", [], "corpus: looks like markup (XML, HTML, SGML), all of which is"),
        (
            "私は犬が好きです\n彼女に会うとは思わなかった\n",
            [],
            "words such as '彼女に会うとは思わなかった' are several",
        ),
        ("私は犬が好きです\n", ["--splitter", "characters"], ""),
        ('The harbour\n{"a": 1}\n', [], ""),
    ],
)
def test_texts_that_are_read_otherwise_than_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, options: list[str], note: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.write_text(content, encoding="utf-8")
    arguments = ["vectors", "train", str(corpus), "--min-count", "900", "-o", str(tmp_path / "out.txt"), *options]
    assert main(arguments) == 2
    told = capsys.readouterr()
    said = [line for line in (told.out + told.err).splitlines() if "looks like" in line or "in a row" in line]
    assert [line.replace(f"{tmp_path}/", "")[: len(note)] for line in said] == ([note] if note else [])
