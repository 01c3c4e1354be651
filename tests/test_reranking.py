"""Noisy-channel reranking: the order is that of the formula, computed from what each model says alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml
from command import output, seqnlp
from tasks_in_process import trained_task
from tiny_pairs import tiny_translation, write_tiny_pairs
from tiny_text import tiny_language_model

from seqnlp.api import LanguageModel, Reranker, Translation, Translator
from seqnlp.config.translation import RerankWeights
from seqnlp.data.pairs import load_pairs
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import ConfigError, RunError, SeqnlpError
from seqnlp.metrics.translation_scores import bleu
from seqnlp.tasks.language_model.task import LanguageModelTask
from seqnlp.tasks.translation.evaluation import evaluate
from seqnlp.tasks.translation.rerank_tuning import best_weights, nbest_of, tune_reranking
from seqnlp.tasks.translation.task import TranslationTask

LINES = ["weil ein Hund einen Ball sieht .", "", "ein Vogel", "x ☃", "weil ein Mann einen Baum sucht . " * 9]
"""The last one is longer than the model reads at once."""
CHOICE = {"nbest": 4, "candidates": 6}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the runs ``there``, ``back`` and ``lm``."""
    folder = tmp_path_factory.mktemp("runs")
    write_tiny_pairs(folder)
    trained_task(TranslationTask, tiny_translation(folder, data__max_tokens=40), folder / "there")
    trained_task(TranslationTask, tiny_translation(folder, data__source="en", data__target="de"), folder / "back")
    text = tiny_language_model(folder, data__train="train.en", data__dev="dev.en")
    trained_task(LanguageModelTask, text, folder / "lm")
    return folder


@pytest.fixture(scope="module")
def there(folder: Path) -> Translator:
    return Translator(folder / "there")


@pytest.fixture(scope="module")
def back(folder: Path) -> Translator:
    return Translator(folder / "back")


@pytest.fixture(scope="module")
def fluent(folder: Path) -> LanguageModel:
    return LanguageModel(folder / "lm")


def test_the_order_is_that_of_the_formula(there: Translator, back: Translator, fluent: LanguageModel) -> None:
    a, b, c = 0.7, 0.3, -0.4
    search = dataclasses.replace(there.decoding, beam=6)
    for line in ("weil ein Hund einen Ball sieht .", "ein Vogel"):
        scored = []
        for one in there.translate(line, nbest=6, decoding=search).hypotheses:
            (reverse,) = back.score_lines([one.text], [line])
            (fluency,) = fluent.score_texts([one.text])
            length, source_length = len(one.pieces) + 1, len(reverse.pieces) + 1
            channel = a * reverse.log_probability + b * fluency.log_probability + c * length
            scored.append((one.log_probability / length + channel / source_length, one.text))
        expected = sorted(scored, reverse=True)
        assert expected != scored
        actual = there.translate(line, nbest=6, candidates=6, rerank=Reranker(back, fluent, (a, b, c))).hypotheses
        assert [one.text for one in actual] == [text for _, text in expected]
        assert [one.score for one in actual] == pytest.approx([score for score, _ in expected], abs=1e-4)


def test_without_weight_it_is_the_search(there: Translator, back: Translator, fluent: LanguageModel) -> None:
    search = dataclasses.replace(there.decoding, beam=6)
    assert there.translate_lines(LINES, rerank=Reranker(back, fluent, (0, 0, 0)), **CHOICE) == there.translate_lines(
        LINES, nbest=4, decoding=search
    )


@pytest.mark.parametrize("engine", ["auto", "torch"])
def test_a_line_is_answered_alone_as_in_any_batch(folder: Path, fluent: LanguageModel, engine: str) -> None:
    one, back = (Translator(folder / name, engine=engine, precision="fp32") for name in ("there", "back"))
    both = Translator(folder / "there", folder / "there", engine=engine, precision="fp32")
    lines = LINES if engine == "auto" else LINES[:3]
    for model in (one, both):
        rerank = Reranker(back, fluent, (0.5, 0.5, 0.1))
        together = model.translate_lines(lines, rerank=rerank, **CHOICE)
        alone = [model.translate(line, rerank=rerank, **CHOICE) for line in lines]
        assert together == alone or engine == "torch"  # whose search differs in last bits in models as narrow as these
        assert all_texts(together) == all_texts(alone) != all_texts(model.translate_lines(lines))
        assert together[-1].parts > 1 or engine == "torch"


def all_texts(answers: list[Translation]) -> list[str]:
    return [one.text for answer in answers for one in answer.hypotheses]


def test_what_fits_not_together_is_refused(folder: Path, there: Translator, back: Translator) -> None:
    for message, options in (
        ("translates en-de, as this one translates de-en; found de-en", {"rerank": Reranker(there)}),
        ("mbr and rerank both choose", {"rerank": Reranker(back), "mbr": "chrf"}),
        ("of a search; leave sampling out", {"rerank": Reranker(back), "sampling": SamplingOptions()}),
        ("of a search; leave sampling out", {"mbr": "chrf", "sampling": SamplingOptions()}),
        ("at least 7 candidates for 7", {"rerank": Reranker(back), "candidates": 6, "nbest": 7}),
        ("rerank: expected a seqnlp.Reranker, found Translator", {"rerank": back}),
    ):
        with pytest.raises(SeqnlpError, match=message):
            there.translate("ein Hund", **options)
    for message, arguments in (
        ("reverse: expected a Translator, found PosixPath", (folder / "back",)),
        ("weights: expected three numbers", (back, None, (1, 2))),
        ("weights: expected three numbers.*found 0.5", (back, None, 0.5)),
        (r"weights\[1\]: expected 0 without a language model, found 0.5", (back, None, (1, 0.5, 0))),
        (r"weights\[2\]: expected a number from -1000 to 1000, found nan", (back, None, (1, 0, float("nan")))),
        (r"weights\[0\]: expected a number from -1000 to 1000, found -1e\+300", (back, None, (-1e300, 0, 0))),
        (r"weights\[0\]: expected a number from -1000 to 1000, found inf", (back, None, (10**400, 0, 0))),
    ):
        with pytest.raises(SeqnlpError, match=message):
            Reranker(*arguments)


def test_the_best_weights_of_a_grid_are_kept_and_used(
    folder: Path, there: Translator, back: Translator, fluent: LanguageModel
) -> None:
    config = tiny_translation(folder, data__max_tokens=40)
    pairs = load_pairs(config.data, "dev", print)
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    answers = there.translate_lines(sources, nbest=6, decoding=dataclasses.replace(there.decoding, beam=6))
    lists = nbest_of(Reranker(back, fluent), sources, [each.hypotheses for each in answers], references, "en")
    for weights in ((0, 0, 0), (1, 0.5, -0.2)):
        texts = [a.text for a in there.translate_lines(sources, rerank=Reranker(back, fluent, weights), candidates=6)]
        assert lists.bleu(RerankWeights(*weights)) == pytest.approx(bleu(texts, references, "en"))
    best = best_weights(lists, with_language_model=True)
    assert lists.bleu(RerankWeights(0, 0, 0)) <= lists.bleu(best) <= lists.oracle() + 1e-9

    said: list[str] = []
    tuned = tune_reranking(folder / "there", config, Reranker(back, fluent), 6, said.append)
    assert tuned.weights == best
    assert f"--candidates 6 --weights {best.reverse:g},{best.language_model:g},{best.length:g}" in said[-2]
    kept = Translator(folder / "there")
    assert kept.reranking == tuned
    explicit = Reranker(back, fluent, dataclasses.astuple(best))
    assert kept.translate_lines(sources, rerank=Reranker(back, fluent)) == there.translate_lines(
        sources, rerank=explicit, candidates=6
    )
    assert kept.translate_lines(sources, rerank=Reranker(back)) == there.translate_lines(sources, rerank=Reranker(back))

    report = evaluate(folder / "there", config, "dev", said.append, rerank=Reranker(back, fluent))
    assert report.reranked is not None
    assert report.reranked.bleu.value == pytest.approx(lists.bleu(best))
    assert f"\n  reranked         6 candidates, weights {best.reverse:g}," in report.to_text()


def test_damaged_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(folder / "back" / "model", tmp_path / "model")
    path = tmp_path / "model" / "config.yaml"
    described = yaml.safe_load(path.read_text())
    described.pop("files", None)
    described["reranking"] = {"weights": {"reverse": "much"}, "candidates": 3, "language_model": True}
    path.write_text(yaml.safe_dump(described))
    with pytest.raises((RunError, ConfigError), match="reverse"):
        Translator(tmp_path / "model")


def test_the_command_writes_what_python_answers(
    folder: Path, there: Translator, back: Translator, fluent: LanguageModel
) -> None:
    models = ("--rerank", folder / "back", "--language-model", folder / "lm", "--weights", "0.5,0.5,0.1")
    text = "\n".join(LINES) + "\n"
    answers = there.translate_lines(LINES, rerank=Reranker(back, fluent, (0.5, 0.5, 0.1)), candidates=6)
    written = output("translate", folder / "there", *models, "--candidates", "6", stdin=text)
    assert written.splitlines() == [answer.text for answer in answers]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weights", "1,0,0"], "--weights means something only with --rerank; add --rerank REVERSE_RUN"),
        (["--candidates", "4"], "--candidates means something only with --mbr or --rerank"),
        (
            ["--rerank", "back", "--weights", "1,2"],
            "--weights: expected three numbers from -1000 to 1000 between commas",
        ),
        (["--rerank", "back", "--weights", "1,0,0,0,0"], "of the lexicon; found '1,0,0,0,0'"),
        (["--rerank", "back", "--weights", "1e300,0,0"], "between commas, of the reverse model, the language model"),
        (["--rerank", "back", "--weights", "-1,.5,-2"], "--weights: the second, 0.5, is of a language model"),
        (["--rerank", "back", "--weights", "-1e-1,2,0"], "--weights: the second, 2, is of a language model"),
        (["--rerank", "back", "--weights", "1,2,3"], "--weights: the second, 2, is of a language model"),
        (["--rerank", "back", "--mbr", "chrf"], "--mbr and --rerank both choose"),
        (["--rerank", "back", "--sample"], "--rerank orders the best translations of a search; leave --sample out"),
        (["--rerank", "back", "--candidates", "1"], "--candidates: expected at least 2, found 1"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_a_model_is_read(options: list[str], message: str) -> None:
    assert message in seqnlp("translate", "nowhere", *options, stdin="x").err
