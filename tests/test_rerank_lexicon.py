"""A lexicon in reranking: a fourth part of the score, learned and kept by tuning, used wherever translations are."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from command import output, seqnlp
from tasks_in_process import trained_task
from tiny_pairs import make_pairs, tiny_translation, write_tiny_pairs

from seqnlp.api import Reranker, Translator
from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.bundle_files import AS_SAVED, LEXICON, check_files
from seqnlp.config.reading import config_to_dict
from seqnlp.config.translation import RerankWeights
from seqnlp.errors import RunError, SeqnlpError
from seqnlp.metrics.translation_scores import BleuCounts, bleu
from seqnlp.models.translation_lexicon import LexiconLearner, TranslationLexicon
from seqnlp.tasks.export import export_int8
from seqnlp.tasks.translation import rerank_tuning
from seqnlp.tasks.translation.evaluation import evaluate
from seqnlp.tasks.translation.lexicon_learning import learn_lexicon
from seqnlp.tasks.translation.rerank_tuning import NBest, best_weights, halves_bleu, tune_reranking
from seqnlp.tasks.translation.task import TranslationTask
from seqnlp.tasks.translation.text_lexicon import TextLexicon, lexicon_words

LINES = ["weil ein Hund einen Ball sieht .", "", "ein Vogel", "weil ein Mann einen Baum sucht . " * 9]
FOUND = RerankWeights(0.3, 0.0, 0.1, 0.6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the runs ``there``, ``back`` and ``tuned``, which is ``there`` with a lexicon."""
    folder = tmp_path_factory.mktemp("runs")
    write_tiny_pairs(folder)
    there = tiny_translation(folder, data__max_tokens=40, trainer__epochs=1)
    back = tiny_translation(folder, data__source="en", data__target="de", trainer__epochs=1)
    for config, name in ((there, "there"), (back, "back")):
        trained_task(TranslationTask, config, folder / name)
    (folder / "there" / "config.yaml").write_text(yaml.safe_dump(config_to_dict(there)))
    shutil.copytree(folder / "there", folder / "tuned")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rerank_tuning, "best_weights", lambda lists, with_language_model: FOUND)
        tuned(folder, folder / "tuned", lexicon=True)
    return folder


@pytest.fixture(scope="module")
def back(folder: Path) -> Translator:
    return Translator(folder / "back")


def tuned(folder: Path, run: Path, **options: bool) -> list[str]:
    """What is said while a run is tuned."""
    said: list[str] = []
    config = tiny_translation(folder, data__max_tokens=40)
    tune_reranking(run, config, Reranker(Translator(folder / "back")), 6, said.append, **options)
    return said


def test_it_is_learned_from_train_and_counts_as_the_formula_says(folder: Path, back: Translator) -> None:
    there, kept = Translator(folder / "there"), Translator(folder / "tuned")
    config = tiny_translation(folder, data__max_tokens=40)
    lexicon = learn_lexicon(config, print)
    assert kept.lexicon is not None
    assert kept.lexicon.lexicon.to_bytes() == lexicon.lexicon.to_bytes()
    line, (a, _, c, d) = LINES[0], dataclasses.astuple(FOUND)
    scored = []
    for one in there.translate(line, nbest=6, decoding=dataclasses.replace(there.decoding, beam=6)).hypotheses:
        (reverse,) = back.score_lines([one.text], [line])
        (words,) = lexicon.log_probabilities(line, [one.text])
        length, source_length = len(one.pieces) + 1, len(reverse.pieces) + 1
        channel = a * reverse.log_probability + c * length + d * words
        scored.append((one.log_probability / length + channel / source_length, one.text))
    answers = kept.translate(line, nbest=6, rerank=Reranker(back)).hypotheses  # weights and candidates as tuned
    assert [one.text for one in answers] == [text for _, text in sorted(scored, reverse=True)]
    assert [one.score for one in answers] == pytest.approx(
        [score for score, _ in sorted(scored, reverse=True)], abs=1e-4
    )
    explicit = Reranker(back, weights=dataclasses.astuple(FOUND))
    assert kept.translate_lines(LINES, rerank=Reranker(back)) == kept.translate_lines(
        LINES, rerank=explicit, candidates=6
    )


def test_three_weights_leave_it_out(folder: Path, back: Translator) -> None:
    there, kept = Translator(folder / "there"), Translator(folder / "tuned")
    for weights in ((0.3, 0, 0.1), (0.3, 0, 0.1, 0)):
        without = there.translate_lines(LINES, rerank=Reranker(back, weights=weights), nbest=3, candidates=6)
        assert kept.translate_lines(LINES, rerank=Reranker(back, weights=weights), nbest=3, candidates=6) == without
    heavy = kept.translate_lines(LINES, rerank=Reranker(back, weights=(0.3, 0, 0.1, 50)), nbest=3, candidates=6)
    assert heavy != without


def test_the_command_uses_what_was_tuned(folder: Path, back: Translator) -> None:
    options = ("translate", folder / "tuned", "--rerank", folder / "back")
    expected = [one.text for one in Translator(folder / "tuned").translate_lines(LINES, rerank=Reranker(back))]
    text = "\n".join(LINES) + "\n"
    assert output(*options, stdin=text).splitlines() == expected
    explicit = ("--weights", "0.3,0,0.1,0.6", "--candidates", "6")
    assert output(*options, *explicit, stdin=text).splitlines() == expected
    config = tiny_translation(folder, data__max_tokens=40)
    report = evaluate(folder / "tuned", config, "dev", print, keep=False, rerank=Reranker(back))
    assert "6 candidates, weights 0.3,0,0.1,0.6" in report.to_text()


def test_the_model_folder_stays_whole_and_is_carried_on(folder: Path, tmp_path: Path, back: Translator) -> None:
    states = check_files(folder / "tuned")
    assert states[LEXICON] == AS_SAVED
    assert set(states.values()) == {AS_SAVED}
    export_int8(folder / "tuned", tmp_path / "int8")
    save_bundle(tmp_path / "again", load_bundle(folder / "tuned"))
    expected = Translator(folder / "tuned").translate_lines(LINES, rerank=Reranker(back))
    for name in ("int8", "again"):
        assert check_files(tmp_path / name)[LEXICON] == AS_SAVED
        copied = Translator(tmp_path / name)
        assert copied.lexicon is not None
        assert copied.reranking == Translator(folder / "tuned").reranking
        if name == "again":
            assert copied.translate_lines(LINES, rerank=Reranker(back)) == expected
    save_bundle(tmp_path / "again", load_bundle(folder / "there"))
    assert not (tmp_path / "again" / LEXICON).exists()


def test_a_lexicon_that_is_lost_or_damaged_is_missed(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "tuned" / "model", tmp_path / "model")
    path, description = tmp_path / "model" / LEXICON, tmp_path / "model" / "config.yaml"
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(RunError, match=r"lexicon\.safetensors is damaged"):
        Translator(tmp_path / "model")
    path.unlink()
    with pytest.raises(RunError, match=r"lexicon\.safetensors missing of those that config\.yaml names"):
        Translator(tmp_path / "model")
    described = yaml.safe_load(description.read_text())
    del described["files"]
    description.write_text(yaml.safe_dump(described))
    with pytest.raises(RunError, match=r"lacks lexicon\.safetensors, which its reranking needs"):
        Translator(tmp_path / "model")
    path.write_bytes(content)
    assert Translator(tmp_path / "model").lexicon is not None


def test_tuning_replaces_what_an_earlier_one_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder / "tuned", tmp_path / "run")
    said = tuned(folder, tmp_path / "run")
    assert "each half of dev by weights of the other" in said[-3]
    assert not (tmp_path / "run" / "model" / LEXICON).exists()
    assert set(check_files(tmp_path / "run").values()) == {AS_SAVED}
    described = load_bundle(tmp_path / "run").description["reranking"]
    assert set(described["weights"]) == {"reverse", "language_model", "length"}  # what older versions read
    monkeypatch.setattr(rerank_tuning, "best_weights", lambda lists, with_language_model: RerankWeights(0.3, 0, 0.1, 0))
    said = tuned(folder, tmp_path / "run", lexicon=True)
    assert "lexicon: 24 training pairs, " in "\n".join(said)
    assert not (tmp_path / "run" / "model" / LEXICON).exists()  # it would count nothing


def test_its_weight_is_refused_where_there_is_none(folder: Path, back: Translator) -> None:
    message = r"weights: the fourth, 0.5, is of a lexicon, but this model has none; learn one with `seqnlp evaluate RUN"
    with pytest.raises(SeqnlpError, match=message):
        Translator(folder / "there").translate("ein Hund", rerank=Reranker(back, weights=(1, 0, 0, 0.5)))
    options = ("--rerank", folder / "back", "--weights", "1,0,0,0.5")
    assert "weights: the fourth, 0.5, is of a lexicon" in seqnlp("translate", folder / "there", *options, stdin="").err
    assert (
        "weights: the fourth, 0.5, is of a lexicon"
        in seqnlp("evaluate", folder / "there", "--split", "dev", *options).err
    )
    for options in (("--lexicon",), ("--lexicon", "--tune"), ("--lexicon", "--rerank", folder / "back")):
        found = seqnlp("evaluate", folder / "there", *options).err
        assert "--lexicon learns a lexicon for reranking; add --rerank REVERSE_RUN and --tune" in found


def test_long_pairs_are_left_out_of_it(folder: Path) -> None:
    config = tiny_translation(folder, data__max_tokens=6)
    said: list[str] = []
    learn_lexicon(config, said.append)
    assert "lexicon: 0 training pairs, 0 and 0 words" in said[-1]
    learn_lexicon(tiny_translation(folder, data__max_tokens=7), said.append)
    assert "lexicon: 24 training pairs" in said[-1]


def test_words_are_compared_in_one_spelling() -> None:
    assert lexicon_words("Ein Fuß-ball, ﬁx\u200b!", "de") == ["ein", "fuß", "-", "ball", ",", "fix", "!"]
    assert lexicon_words("日本、x", "ja") == ["日", "本", "、", "x"]
    assert lexicon_words(" ", "de") == []
    learner = LexiconLearner()
    for source, target in make_pairs(40):
        learner.add(lexicon_words(source, "de"), lexicon_words(target, "en"))
    lexicon = TextLexicon(learner.learned()[0], "de", "en")
    same, other = lexicon.log_probabilities("weil ein HUND sieht", ["Because a Dog sees", "because a tree sees"])
    assert same > other
    assert isinstance(lexicon.lexicon, TranslationLexicon)


def test_the_grid_has_four_weights_and_halves_are_judged_by_the_other() -> None:
    draw = np.random.default_rng(3)
    references = ["a b c d e f", "g h i j k l", "m n o p q r", "s t u v w x"]
    texts = [[reference, reference[2:], "y " + reference, "z"] for reference in references]
    measure = BleuCounts("en")
    counts = np.stack([measure.of(each, [one] * 4) for each, one in zip(texts, references, strict=True)])
    features = draw.normal(size=(4, 4, 5)) / 100
    features[..., 4] = [1.5, 0.1, 0.2, 0.3]  # only the lexicon knows
    features[:, 0, 0] -= 0.1
    lists = NBest(features, counts, measure)
    best = best_weights(lists, with_language_model=False)
    assert (best.language_model, lists.bleu(best)) == (0, pytest.approx(100))
    assert best.lexicon > 0
    assert halves_bleu(lists, with_language_model=False) == pytest.approx(bleu(references, references, "en"))
    features[2:, :, 4] *= -1  # and of the second half's texts the opposite
    mixed = NBest(features[[0, 2, 1, 3]], counts, measure)
    assert halves_bleu(mixed, with_language_model=False) < 90
    assert halves_bleu(NBest(features[:1], counts[:1], measure), with_language_model=False) >= 0
