"""Translate, score, compare and plot: what a user does with a translator, through the command line."""

from __future__ import annotations

import gzip
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import TINY_TRANSLATION, output, refusal, seqnlp
from hardware import NEEDS_BF16

import seqnlp as package
from seqnlp.data.pairs import load_pairs
from seqnlp.run_config import read_run_config

LONG = "the mill " * 5000
"""10,000 words."""
ODD_LINES = (
    "",
    "  \t ",
    "😀 👩‍👩‍👧 𝄞",
    LONG,
    "日本語 Ελλάδα\u2028\x85 \x0b\x0c",
    "\x00\x07\x1b[31m\x7f",
    "\ufeff",
    "",
    ". , !",
)


@pytest.fixture(scope="module")
def pairs(translator_run: Path) -> list[tuple[str, str]]:
    """Test pairs of the run: source and target."""
    actual = load_pairs(read_run_config(translator_run).data, "test", lambda text: None)
    return [(pair.source, pair.target) for pair in actual[:40]]


@pytest.fixture(scope="module")
def sources(pairs: list[tuple[str, str]]) -> list[str]:
    return [source for source, _ in pairs]


@pytest.fixture(scope="module")
def translations(translator_run: Path, sources: list[str]) -> list[str]:
    """What ``seqnlp translate RUN`` writes for the sources."""
    return translate(translator_run, sources)


def translate(run: Path, lines: list[str], *options: object) -> list[str]:
    """The lines that ``seqnlp translate`` writes."""
    written = output("translate", run, *options, stdin="\n".join(lines) + "\n").split("\n")
    assert written.pop() == ""
    return written


def answers(run: Path, lines: list[str], *options: object) -> list[dict[str, object]]:
    """The objects that ``seqnlp translate --output jsonl`` writes."""
    return [json.loads(line) for line in translate(run, lines, "--output", "jsonl", *options)]


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def shell(script: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = ["bash", "-o", "pipefail", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=environment)


# translate


def test_there_is_one_line_for_each_line_whatever_it_holds(translator_run: Path, sources: list[str]) -> None:
    lines = [*ODD_LINES, sources[0]]
    finished = seqnlp("translate", translator_run, "--beam", "2", stdin="\n".join(lines))
    assert finished.status == 0, finished.err
    written = finished.out.split("\n")
    assert len(written) == len(lines) + 1
    assert [not line for line in written[:2]] == [True, True]  # empty stays empty
    assert written[-2] == translate(translator_run, [sources[0]], "--beam", "2")[0]
    assert "\r" not in finished.out
    assert "<unk>" not in finished.out
    assert "⁇" not in finished.out
    long, spelt = finished.err.splitlines()
    assert re.fullmatch(r"1 line has more .*: cut at sentence ends, translated in [\d,]+ parts and rejoined", long)
    assert spelt.startswith("2 of 8 lines are read letter by letter, such as 'the mill the mill")


def test_no_line_gives_no_translation(translator_run: Path) -> None:
    finished = seqnlp("translate", translator_run)
    assert (finished.status, finished.out, finished.err) == (0, "", "")


def test_the_file_may_be_named_and_be_gzip(
    translator_run: Path, sources: list[str], translations: list[str], tmp_path: Path
) -> None:
    content = "\r\n".join(sources).encode()
    (tmp_path / "plain").write_bytes(content)
    (tmp_path / "packed").write_bytes(gzip.compress(content))
    for name in ("plain", "packed"):
        assert output("translate", translator_run, "--input", tmp_path / name).splitlines() == translations


def test_a_line_is_translated_alike_alone_in_a_batch_and_from_python(
    translator_run: Path, sources: list[str], translations: list[str]
) -> None:
    assert translate(translator_run, sources, "--batch-lines", "1") == translations
    assert translate(translator_run, sources[::-1], "--batch-lines", "7") == translations[::-1]
    model = package.load(translator_run)
    assert [model.translate(source).text for source in sources[:5]] == translations[:5]
    assert len(set(translations)) > 5


def test_nbest_is_a_moses_list_or_a_json_list_best_first(
    translator_run: Path, sources: list[str], translations: list[str]
) -> None:
    lines = translate(translator_run, [*sources[:6], ""], "--nbest", "3", "--beam", "4")
    rows = [line.split(" ||| ") for line in lines]
    listed = answers(translator_run, [*sources[:6], ""], "--nbest", "3", "--beam", "4")
    assert [answer["source"] for answer in listed] == [*sources[:6], ""]
    for number, answer in enumerate(listed[:6]):
        nbest = answer["nbest"]
        assert len(nbest) == 3
        assert nbest[0]["translation"] == answer["translation"]
        assert [item["score"] for item in nbest] == sorted((item["score"] for item in nbest), reverse=True)
        mine = [row for row in rows if row[0] == str(number)]
        assert [row[1] for row in mine] == [item["translation"] for item in nbest]
        assert [float(row[2]) for row in mine] == [item["score"] for item in nbest]
    assert [row[1] for row in rows if row[0] == "6"] == [""]
    assert listed[6]["translation"] == ""
    best = translate(translator_run, sources[:6], "--beam", "4")
    assert best == [answer["translation"] for answer in listed[:6]]


def test_text_can_have_columns_for_scores_and_alignments(
    translator_run: Path, sources: list[str], translations: list[str]
) -> None:
    lines = translate(translator_run, ["", *sources], "--scores", "--alignments")
    assert lines[0] == "\t0.0000\t"
    rows = [line.split("\t") for line in lines[1:]]
    listed = answers(translator_run, sources, "--alignments")
    assert [row[0] for row in rows] == translations
    assert [float(row[1]) for row in rows] == pytest.approx([answer["score"] for answer in listed], abs=1e-3)
    assert [row[2] for row in rows] == [
        " ".join(f"{source}-{target}" for source, target in answer["alignment"]) for answer in listed
    ]


def test_what_is_read_as_something_else_is_said_once(translator_run: Path) -> None:
    finished = seqnlp("translate", translator_run, stdin="7²\tHunde\nDER HUND SIEHT\n7² ½\n")
    note, spelt, others = finished.err.splitlines()
    assert spelt.startswith("1 line is read letter by letter, such as 'DER HUND SIEHT': capitals, ")
    assert note.startswith("note: each line is read as text as it is, and the first one looks like columns with tabs")
    assert others == "2 lines have characters that the model reads as others: '7²' as '72', '½' as '1\u20442'"
    assert seqnlp("translate", translator_run, stdin="der Hund\n").err == ""


def test_alignments_are_pairs_of_words_and_attention_has_a_weight_for_each(
    translator_run: Path, sources: list[str]
) -> None:
    for answer in answers(translator_run, sources, "--alignments", "--attention"):
        width, height = len(answer["source_words"]), len(answer["target_words"])
        assert answer["target_words"] == answer["translation"].split()
        assert [len(row) for row in answer["attention"]] == [width] * height
        assert all(0 <= weight <= 1.001 for row in answer["attention"] for weight in row)
        assert all(sum(row) < 1.01 for row in answer["attention"])
        assert all(0 <= source < width and 0 <= target < height for source, target in answer["alignment"])
        assert answer["alignment"]


def test_the_fields_of_json_are_those_that_were_asked_for(translator_run: Path, sources: list[str]) -> None:
    plain = {"source", "translation", "score", "log_probability"}
    words = {"source_words", "target_words"}
    for options, extra in (
        ([], set()),
        (["--scores"], {"pieces", "token_log_probabilities"}),
        (["--alignments"], {"alignment", *words}),
        (["--attention"], {"attention", *words}),
        (["--nbest", "2"], {"nbest"}),
    ):
        (answer,) = answers(translator_run, sources[:1], *options)
        assert set(answer) == plain | extra
    (long,) = answers(translator_run, [LONG], "--beam", "1")
    assert long["parts"] > 1


def test_the_score_of_a_line_is_the_sum_of_its_subwords_over_its_length(
    translator_run: Path, sources: list[str]
) -> None:
    penalty = ["--length-penalty", "average", "--alpha", "1", "--coverage-penalty", "0"]
    for answer in answers(translator_run, sources[:8], "--scores", *penalty):
        each = answer["token_log_probabilities"]
        assert len(each) == len(answer["pieces"]) + 1
        assert sum(each) == pytest.approx(answer["log_probability"], abs=2e-3)
        assert answer["log_probability"] / len(each) == pytest.approx(answer["score"], abs=2e-3)
    for answer in answers(translator_run, sources[:8], "--length-penalty", "none", "--coverage-penalty", "0"):
        assert answer["score"] == pytest.approx(answer["log_probability"], abs=2e-3)


def test_a_prefix_begins_the_translation(
    translator_run: Path, sources: list[str], translations: list[str], tmp_path: Path
) -> None:
    begins = ["", *(" ".join(text.split()[:3]) for text in reversed(translations[1:]))]
    forced = translate(translator_run, sources, "--prefix", write(tmp_path / "begins", begins))
    assert forced[0] == translations[0]
    assert all(line.startswith(begin) for line, begin in zip(forced, begins, strict=True))
    assert forced != translations


def test_sampling_follows_its_seed(translator_run: Path, sources: list[str]) -> None:
    def drawn(*options: object) -> list[str]:
        return translate(translator_run, sources, "--sample", *options)

    first = drawn("--seed", "1", "--temperature", "2")
    assert first == drawn("--seed", "1", "--temperature", "2")
    assert first == drawn("--seed", "1", "--temperature", "2", "--batch-lines", "3")
    assert first != drawn("--seed", "2", "--temperature", "2")
    greedy = translate(translator_run, sources, "--beam", "1")
    assert drawn("--top-k", "1") == greedy
    assert drawn("--top-p", "1e-9") == greedy


def test_several_translations_are_not_drawn(translator_run: Path) -> None:
    translator = package.Translator(translator_run)
    with pytest.raises(
        package.WrongValueError, match="sampling draws one translation a text; leave nbest out, or repeat"
    ):
        translator.translate("ja", nbest=3, sampling=package.SamplingOptions())


def test_sampling_draws_the_same_line_anew(translator_run: Path, sources: list[str]) -> None:
    drawn = translate(translator_run, sources[:1] * 30, "--sample", "--temperature", "3")
    assert len(set(drawn)) > 5


def test_an_ensemble_of_a_model_with_itself_is_the_model(
    translator_run: Path, sources: list[str], translations: list[str]
) -> None:
    twice = output("translate", translator_run, translator_run, stdin="\n".join(sources)).splitlines()
    assert twice == translations


def test_models_of_an_ensemble_must_have_the_same_subwords(translator_run: Path, tmp_path: Path) -> None:
    data = read_run_config(translator_run).data.dir
    settings = ["tokenizer.vocabulary_size=320", "trainer.epochs=1", "data.limit=200"]
    output("train", "task=translation", f"data.dir={data}", f"run={tmp_path}/run", *TINY_TRANSLATION, *settings)
    assert refusal("translate", translator_run, tmp_path / "run") == (
        "model 2 does not fit the first: its subwords are others (320, the first has 330); train both on the same "
        "text; an ensemble needs the same of both"
    )


@NEEDS_BF16
def test_bf16_and_threads_translate_too(translator_run: Path, sources: list[str], translations: list[str]) -> None:
    assert len(translate(translator_run, sources, "--precision", "bf16", "--threads", "1")) == len(sources)
    assert translate(translator_run, sources, "--threads", "1") == translations


@pytest.mark.parametrize("options", [(), ("--sample", "--seed", "3", "--temperature", "4")])
def test_someone_who_types_gets_each_translation_at_once_and_the_same(
    translator_run: Path, sources: list[str], options: tuple[str, ...]
) -> None:
    lines = [sources[0], "", *sources[1:3]]
    command = [sys.executable, "-m", "seqnlp", "translate", str(translator_run), "--threads", "1", *options]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        for line, expected in zip(lines, translate(translator_run, lines, *options), strict=True):
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline().decode() == f"{expected}\n"
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_an_endless_stream_ends_quietly_with_its_reader(translator_run: Path) -> None:
    finished = shell(
        f"yes mill | {sys.executable} -m seqnlp translate {translator_run} --beam 1 --threads 1 | head -n 3"
    )
    assert finished.returncode == 141
    assert finished.stderr == ""
    assert len(finished.stdout.splitlines()) == 3


# Bad input


def test_lines_that_are_not_utf8_stop_at_their_number_after_the_translations_before_them(translator_run: Path) -> None:
    finished = seqnlp("translate", translator_run, stdin=b"one\ncaf\xe9\ntwo\n")
    assert finished.status == 2
    assert finished.err.startswith(
        "error: standard input:2: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line; convert"
    )
    assert finished.err.endswith("`iconv -f cp1252 -t utf-8`, or read what is left of it with --errors replace\n")
    assert len(finished.out.splitlines()) == 1
    replaced = output("translate", translator_run, "--errors", "replace", stdin=b"one\ncaf\xe9\ntwo\n")
    assert len(replaced.split("\n")) == 4


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--beam", "0"], "--beam: expected at least 1, found 0"),
        (["--alpha", "-1"], "--alpha: expected at least 0, found -1.0"),
        (
            ["--alpha", "1.5", "--length-penalty", "none"],
            "--alpha is the exponent of a length penalty, found none; add --length-penalty average or gnmt",
        ),
        (["--no-repeat-ngram", "99"], "--no-repeat-ngram: expected at most 20, found 99"),
        (["--nbest", "0"], "--nbest: expected 1 or more, found 0"),
        (["--nbest", "7", "--beam", "5"], "--nbest: expected at most the beam (5), found 7; add --beam 7"),
        (["--attention"], "--attention is written by --output jsonl only; add --output jsonl"),
        (["--threads", "-1"], "--threads: expected 0 or more, found -1"),
        (["--batch-lines", "0"], "--batch-lines: expected 1 or more, found 0"),
        (["--top-p", "0.9"], "--top-p means something only with --sample; add --sample"),
        (["--sample", "--beam", "5"], "--sample draws and --beam searches; leave one of them out"),
        (
            ["--sample", "--nbest", "2"],
            "--sample draws one translation a line; leave --nbest out, or repeat with another --seed",
        ),
        (["--sample", "--temperature", "0"], "--temperature: expected more than 0, found 0.0; near 0 is greedy"),
        (["--sample", "--top-k", "0"], "--top-k: expected 1 or more, found 0"),
        (["--sample", "--top-p", "1.5"], "--top-p: expected more than 0 and at most 1, found 1.5"),
        (["--input", "nowhere/in.de"], "nowhere/in.de: no such file; there is no folder nowhere either"),
    ],
)
def test_options_of_translate_out_of_range(translator_run: Path, options: list[str], complaint: str) -> None:
    assert refusal("translate", translator_run, *options) == complaint


def test_more_translations_than_the_beam_of_the_model(translator_run: Path) -> None:
    message = refusal("translate", translator_run, "--nbest", "300")
    assert re.fullmatch(r"--nbest: expected at most the beam \(\d+\), found 300; add --beam 300", message)


def test_an_unknown_precision_shows_the_known_ones(translator_run: Path) -> None:
    finished = seqnlp("translate", translator_run, "--precision", "fp16")
    assert finished.status == 2
    assert "argument --precision: invalid choice: 'fp16'" in finished.err


def test_a_file_of_prefixes_of_another_length(translator_run: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "begins", ["", ""])
    message = refusal("translate", translator_run, "--prefix", path, stdin="a\nb\nc\n")
    assert message == (
        f"{path}: expected one line per line of the input (a blank one forces nothing), found only 2 lines"
    )
    message = refusal("translate", translator_run, "--prefix", path, stdin="a\n")
    assert message == f"{path}: expected 1 lines as in the input, found 2"


def test_a_prefix_longer_than_a_translation_may_be(translator_run: Path, sources: list[str], tmp_path: Path) -> None:
    path = write(tmp_path / "begins", ["", "word " * 1000, ""])
    message = refusal("translate", translator_run, "--prefix", path, stdin="\n".join(sources[:3]))
    assert re.fullmatch(
        r"line 2: its prefix has \d+ subwords, but at most \d+ are allowed; "
        r"shorten it, or raise max_ratio or max_extra",
        message,
    )


def test_a_folder_that_is_no_translator(trained: Path, tmp_path: Path) -> None:
    assert "seqnlp train" in refusal("translate", tmp_path)
    assert "translat" in refusal("translate", trained)


# score


def test_score_agrees_with_what_translate_says(
    translator_run: Path, sources: list[str], translations: list[str], tmp_path: Path
) -> None:
    files = write(tmp_path / "in", sources), write(tmp_path / "out", translations)
    finished = seqnlp("score", translator_run, *files, "--output", "jsonl")
    assert finished.status == 0, finished.err
    scores = [json.loads(line) for line in finished.out.splitlines()]
    actual = answers(translator_run, sources, "--scores")
    same = [(a, b) for a, b in zip(scores, actual, strict=True) if a["pieces"] == b["pieces"]]
    assert len(same) > len(sources) / 2  # a beam may spell a word in other subwords
    for score, answer in same:
        assert score["log_probability"] == pytest.approx(answer["log_probability"], abs=2e-3)
        assert score["token_log_probabilities"] == pytest.approx(answer["token_log_probabilities"], abs=2e-3)


def test_score_sums_up_lines_subwords_and_perplexity(
    translator_run: Path, pairs: list[tuple[str, str]], tmp_path: Path
) -> None:
    files = [write(tmp_path / f"{side}", [pair[side] for pair in pairs] + [""]) for side in (0, 1)]
    finished = seqnlp("score", translator_run, *files)
    assert finished.status == 0, finished.err
    rows = [line.split("\t") for line in finished.out.splitlines()]
    assert len(rows) == len(pairs) + 1
    for total, count, pieces, each in rows:
        assert len(each.split()) == int(count) == len(pieces.split()) + 1
        assert sum(map(float, each.split())) == pytest.approx(float(total), abs=2e-3)
    total, count = sum(float(row[0]) for row in rows), sum(int(row[1]) for row in rows)
    actual = re.search(r"perplexity ([\d.]+) a subword", finished.err)
    assert actual is not None
    assert float(actual[1]) == pytest.approx(math.exp(-total / count), rel=0.01)
    assert finished.err.startswith(f"{len(rows)} lines, {count:,} subwords: ")


def test_score_reads_gzip(translator_run: Path, pairs: list[tuple[str, str]], tmp_path: Path) -> None:
    files = [write(tmp_path / f"{side}", [pair[side] for pair in pairs[:5]]) for side in (0, 1)]
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(files[0].read_bytes()))
    assert output("score", translator_run, packed, files[1]) == output("score", translator_run, *files)


def test_score_reads_pipes(translator_run: Path, pairs: list[tuple[str, str]], tmp_path: Path) -> None:
    files = [write(tmp_path / f"{side}", [pair[side] for pair in pairs[:5]]) for side in (0, 1)]
    script = f"{sys.executable} -m seqnlp score {translator_run} <(cat {files[0]}) <(gzip -c {files[1]})"
    piped = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)
    assert piped.stdout == output("score", translator_run, *files)


def test_score_refuses_files_of_different_length_before_it_begins(translator_run: Path, tmp_path: Path) -> None:
    source, target = write(tmp_path / "in", ["a\tb"] * 3), write(tmp_path / "out", ["b"] * 5)
    finished = seqnlp("score", translator_run, source, target)
    assert finished.status == 2
    assert finished.out == ""
    note = f"note: each line of {source} is read as a text as it is, and the file looks like a table\n"
    assert finished.err == note + (
        f"error: {source}: expected as many lines as in {target}, found 3 here and 5 there; "
        "make them again from one list of pairs, keeping empty lines\n"
    )


# compare


def test_a_model_is_no_better_than_itself(translator_run: Path) -> None:
    report = json.loads(output("compare", translator_run, translator_run, "--split", "test", "--json"))
    assert report["identical"]
    assert report["a"] == report["b"] == str(translator_run)
    assert [measure["difference"] for measure in report["measures"]] == [0, 0]
    assert "identical" in output("compare", translator_run, translator_run, "--split", "dev")


def test_translations_in_files_are_compared(pairs: list[tuple[str, str]], tmp_path: Path) -> None:
    targets = [target for _, target in pairs]
    a, b = write(tmp_path / "a", targets), write(tmp_path / "b", [f"{target}\t-1" for target in targets[::-1]])
    reference = write(tmp_path / "reference", targets)
    finished = seqnlp("compare", a, b, "--reference", reference, "--language", "en")
    assert (
        finished.err == f"note: each line of {b} is read as a translation as it is, and the file looks like a table\n"
    )
    written = finished.out
    assert written.startswith(f"A: {a}\nB: {b}\n")
    assert "A is better by " in written
    shorter = write(tmp_path / "shorter", targets[1:])
    count = len(targets)
    assert refusal("compare", a, shorter, "--reference", reference, "--language", "en") == (
        f"expected three files of the same length, line by line; {a} has {count}, {shorter} has {count - 1}, "
        f"{reference} has {count}"
    )


def test_what_cannot_be_compared(translator_run: Path, trained: Path, tmp_path: Path) -> None:
    assert refusal("compare", translator_run, trained) == (
        f"{translator_run} holds a model for translation and {trained} one for tagging"
    )
    assert refusal("compare", "a", "b", "--reference", "c") == (
        "--reference and --language belong together, as in --reference reference.en --language en"
    )
    assert refusal("compare", "a", "b", "--reference", "c", "--language", "en", "--split", "dev") == (
        "--reference compares two files and --split two runs; leave one of them out"
    )
    for of_runs in (("--by", "document"), ("--data-dir", "x")):
        assert refusal("compare", "a", "b", "--reference", "c", "--language", "en", *of_runs) == (
            "--by and --data-dir are for two runs, --reference compares two files: leave them out"
        )


# plot


def test_attention_is_drawn_as_html_and_png(translator_run: Path, sources: list[str], tmp_path: Path) -> None:
    page = tmp_path / "new" / "attention.html"
    finished = seqnlp("plot", "attention", translator_run, "--text", sources[0], "-o", page)
    assert finished.status == 0, finished.err
    assert finished.err == f"plot written to {page}\n"
    html = page.read_text(encoding="utf-8")
    (answer,) = answers(translator_run, sources[:1], "--attention")
    assert all(word in html for word in answer["target_words"] if word.isalnum())
    assert not re.search(r"(src|href)=", html)  # nothing is loaded from elsewhere
    pytest.importorskip("matplotlib")
    output("plot", "attention", translator_run, "--text", sources[0], "-o", tmp_path / "attention.png")
    assert (tmp_path / "attention.png").read_bytes().startswith(b"\x89PNG")


def test_plots_that_cannot_be_drawn(translator_run: Path, tmp_path: Path) -> None:
    assert refusal("plot", "atention", translator_run, "--text", "a", "-o", "a.html") == (
        "expected a kind of plot (attention, gates, gradient, curves, confusion, calibration), found 'atention' "
        "(did you mean 'attention'?)"
    )
    assert refusal("plot", "attention", translator_run, "--text", "a", "-o", "a.pdf") == (
        "-o: expected a name that ends in .html, .png or .svg, found 'a.pdf'"
    )
    assert refusal("plot", "attention", translator_run, "--text", " ", "-o", "a.html") == (
        "--text: expected some words, found none"
    )


@pytest.mark.parametrize("utility", ["chrf", "bleu"])
def test_minimum_bayes_risk_chooses_among_the_best(utility: str, translator_run: Path, sources: list[str]) -> None:
    lines = [*sources[:8], ""]
    chosen = translate(translator_run, lines, "--mbr", utility, "--candidates", "4", "--beam", "4")
    listed = answers(translator_run, lines, "--nbest", "4", "--beam", "4")
    for text, answer in zip(chosen, listed, strict=True):
        assert text in [item["translation"] for item in answer["nbest"]]
    assert translate(translator_run, lines[::-1], "--mbr", utility, "--candidates", "4", "--beam", "4") == chosen[::-1]
    for options, said in (
        (["--sample"], "--mbr compares the best translations of a search; leave --sample out"),
        (["--candidates", "1"], "--candidates: expected at least 2, found 1"),
    ):
        assert said in seqnlp("translate", translator_run, "--mbr", utility, *options, stdin="x").err


def test_tuning_and_the_cost_of_int8_are_two_commands(translator_run: Path) -> None:
    assert "leave out --predictions, --tune" in refusal("evaluate", translator_run, "--tune", "--precision", "int8")
    told = refusal("evaluate", translator_run, "--tune", "--split", "test")
    assert told == "--tune finds settings on the development split; leave out --split test"
