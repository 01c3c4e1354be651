"""What ``seqnlp translate`` says at its end of lines that were probably not read as they were meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.cli import main
from seqnlp.cli.translate_notes import TranslateNotes
from seqnlp.text.rewritten import Rewritten
from seqnlp.text.subwords import Subwords

MODEL = Path(__file__).parents[1] / "old_models" / "translation"


def notes() -> TranslateNotes:
    return TranslateNotes(Rewritten(Subwords((MODEL / "subwords.spm").read_bytes())), ("de", "en"))


def test_each_kind_is_counted_over_all_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    counted = notes()
    counted.add(["DER HUND SIEHT", "", "A &amp; B"], ["DER HUND SIEHT"], 1, 3)
    counted.add(["schÃ¶n", "groÃŸ", "C &#39;D", "EINE KATZE SIEHT", "7²"], ["EINE KATZE SIEHT"], 1, 2)
    counted.say()
    learned = "capitals, a script or a language that the model has not learned"
    assert capsys.readouterr().err.splitlines() == [
        "2 lines have more sentences than the model learned from, or too many words: "
        "cut at sentence ends, translated in 5 parts and rejoined",
        f"2 of 7 lines are read letter by letter, such as 'DER HUND SIEHT': {learned}",
        "2 lines have characters written as in HTML, such as &amp;: unescape them before, unless the model was trained "
        "on such",
        "2 of 7 lines have letters that were decoded wrongly, such as 'Ã¶': write them anew from the original",
        "1 line has characters that the model reads as others: '7²' as '72'",
    ]


def test_nothing_is_said_of_other_lines(capsys: pytest.CaptureFixture[str]) -> None:
    counted = notes()
    counted.add(["der Hund & die Katze", "", "größer als 3 < 4"], [], 0, 0)
    counted.say()
    assert capsys.readouterr().err == ""


def test_lines_in_the_language_of_the_translations_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    english, german = ["the dog and the cat are in that house"] * 20, ["der Hund und die Katze sind in dem Haus"] * 20
    for lines, told in ((english, True), (german, False), (english[1:], False), (german + english, False)):
        counted = notes()
        counted.add(lines, [], 0, 0)
        counted.say()
        expected = "the lines look like en, which is what this model translates de into\n"
        assert capsys.readouterr().err == expected * told


def test_files_of_pairs_that_are_turned_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, line in (
        ("de", "weil ein Hund einen Ball sieht und die Katze nicht"),
        ("en", "the dog is in that house"),
    ):
        (tmp_path / language).write_text(f"{line}\n" * 20, encoding="utf-8")
    for source, target in (("en", "de"), ("de", "en")):
        assert main(["score", str(MODEL), str(tmp_path / source), str(tmp_path / target)]) == 0
        told = capsys.readouterr().err
        expected = f"note: {tmp_path}/en looks like en, and {tmp_path}/de like de: this model translates de to en\n"
        assert told.startswith(expected) == (source == "en")


def test_a_file_in_the_place_of_a_run_is_told_its_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.de").write_text("der Hund\n", encoding="utf-8")
    assert main(["translate", str(MODEL), str(tmp_path / "in.de")]) == 2
    file = tmp_path / "in.de"
    expected = f"error: expected a run, found the file {file}; its lines are translated with --input {file}\n"
    assert capsys.readouterr().err == expected
