"""A trained language model in use: completing, generating, evaluating, from Python and from the command line."""

from __future__ import annotations

import json
import math
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from command import output, refusal, seqnlp
from numpy.typing import NDArray
from tiny_text import HOMES, make_lines, write_text

import seqnlp as package
from seqnlp.api import LanguageModel
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.language_model.scoring import score_tokens

SMALL = (
    "data.train=train.txt",
    "data.dev=dev.txt",
    "data.test=test.txt",
    "model.embedding_dim=24",
    "model.hidden_dim=24",
    "model.embedding_dropout=0",
    "model.input_dropout=0",
    "model.output_dropout=0.1",
    "optimizer.learning_rate=0.03",
    "trainer.streams=4",
    "trainer.window=20",
    "trainer.epochs=10",
)
KINDS = {
    "words": ("model.adaptive_head=6",),
    "bpe": ("tokenizer.kind=bpe", "tokenizer.vocabulary_size=310"),
    "characters": ("tokenizer.kind=characters",),
}
TEXT = "Mira is from Velland and speaks"
Runs = dict[str, Path]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """A finished run of each kind of token. Read only."""
    folder = tmp_path_factory.mktemp("language_models")
    for number, (split, count) in enumerate({"train": 300, "dev": 30, "test": 40}.items()):
        write_text(folder / f"{split}.txt", make_lines(count, seed=number))
    for kind, settings in KINDS.items():
        output("train", "task=language_model", f"data.dir={folder}", f"run={folder}/{kind}", *SMALL, *settings)
    return {kind: folder / kind for kind in KINDS}


@pytest.fixture(params=list(KINDS))
def model(request: pytest.FixtureRequest, runs: Runs) -> LanguageModel:
    return LanguageModel(runs[request.param])


@pytest.fixture
def words(runs: Runs) -> LanguageModel:
    return LanguageModel(runs["words"])


def states(typed: package.api.TypedText) -> Sequence[NDArray[np.floating]]:
    return [*typed.place.state.values(), typed.place.log_probs]


def test_what_was_said_words_ago_decides_the_next_word(words: LanguageModel) -> None:
    for home, language in HOMES.items():
        best = words.complete(f"Mira is from {home} and speaks", top=1)[0]
        assert best.word == language
        assert best.probability > 1 / 3


def test_a_word_begun_is_finished_and_whole_words_come_out_of_any_tokens(model: LanguageModel) -> None:
    finished = model.complete("Joren likes Ve", top=3, typing=True)
    assert finished[0].word == "Velland"
    assert all(one.word.startswith("Ve") and " " not in one.word for one in finished)
    assert 0.5 < finished[0].probability <= sum(one.probability for one in finished) <= 1 + 1e-6
    spaced, unspaced = model.complete("Joren likes Velland ", typing=True), model.complete("Joren likes Velland")
    assert [one.word for one in spaced] == [one.word for one in unspaced]
    assert [one.probability for one in spaced] == pytest.approx([one.probability for one in unspaced], rel=1e-4)


def test_the_carried_state_is_that_of_a_full_re_read(model: LanguageModel) -> None:
    text = f"{TEXT} Vellish .\nJoren likes Ormland .\n\n{TEXT} Vel"
    typed = model.start()
    for character in text:
        typed = typed.type(character)
    for mine, theirs in zip(states(typed), states(model.start(text)), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-4, rtol=1e-4)
    assert [one.word for one in typed.complete()] == [one.word for one in model.start(text).complete()]


def test_the_state_while_typing_is_that_of_evaluation(words: LanguageModel) -> None:
    tokens = [words.tokens.end, *words.tokens.encode("Mira is from")[:-1]]
    network = words._reader.network
    outputs, _ = network.read(np.array([tokens]), network.start())
    expected = network.log_probs(outputs)[0]
    np.testing.assert_allclose(words.start("Mira is from ").place.log_probs, expected, atol=1e-5)


def test_a_keystroke_costs_the_same_after_a_long_text(words: LanguageModel) -> None:
    short, long = words.start("Mira is from Velland"), words.start(" ".join(["Mira likes Velland ."] * 3000))

    def milliseconds(typed: package.api.TypedText) -> float:
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            typed.type(" and ").type("s").complete()
            times.append(time.perf_counter() - begun)
        return 1000 * statistics.median(times)

    milliseconds(short)
    assert milliseconds(long) < 3 * milliseconds(short) + 1


def test_going_back_is_taking_the_older_text(model: LanguageModel) -> None:
    begun = model.start("Mira is f")
    before = begun.complete()
    begun.type("rom Velland ")
    assert begun.complete() == before


def test_an_empty_text_is_completed_with_first_words(model: LanguageModel) -> None:
    assert len({one.word for one in model.complete("", top=3)} & {"Mira", "Joren", "Tessa"}) >= 2


def test_unseen_words_and_scripts_are_read_and_told(model: LanguageModel, runs: Runs) -> None:
    text = "Мира is from 日本 and speaks"
    assert model.unknown_words(text) == ["Мира", "日本"]
    assert len(model.complete(text)) == 5
    done = seqnlp("complete", model.path, text)
    assert "not in the model's vocabulary, so read without their meaning: Мира, 日本" in done.err
    assert done.out.count("\n") == 5
    assert model.complete("日", typing=True) == []
    assert "--typing completes it" not in done.err
    assert "is the last word still being typed? --typing completes it" in seqnlp("complete", model.path, "Joren 日").err


def test_completing_from_the_command_line_shows_words_probabilities_and_milliseconds(runs: Runs) -> None:
    done = seqnlp("complete", runs["words"], TEXT, "--top", 2)
    first, second = done.out.splitlines()
    assert first.split()[1] == "Vellish"
    assert float(first.split()[0]) > float(second.split()[0])
    assert " ms; reading the text " in done.err
    answer = json.loads(output("complete", runs["words"], TEXT, "--output", "jsonl"))
    assert answer["text"] == TEXT
    assert answer["completions"][0]["word"] == "Vellish"


def test_interactive_completion_answers_every_key_and_tab_takes_the_first(runs: Runs) -> None:
    done = seqnlp("complete", runs["words"], "--interactive", "--top", 1, stdin="Mira is fr\tVe\x7f\x7f")
    lines = [line.split("\t") for line in done.out.splitlines()]
    typed = [
        "Mira is f",
        "Mira is fr",
        "Mira is from ",
        "Mira is from V",
        "Mira is from Ve",
        "Mira is from V",
        "Mira is from ",
    ]
    assert [text for text, *_ in lines][-7:] == typed
    assert all(part.endswith(" ms") for *_, part in lines)
    assert "15 keys: median" in done.err


def test_generated_words_follow_the_distribution(words: LanguageModel) -> None:
    """Chi-square over the first word of 1,500 texts; the seed is fixed."""
    place = words.start("Mira is").finish().place
    probabilities = place.probabilities()
    probabilities[list(words.tokens.special_ids)] = 0
    probabilities /= probabilities.sum()
    drawn = Counter(
        token
        for seed in range(1500)
        for token in words._reader.sample(place, [], 1, SamplingOptions(seed=seed), 1.0, begin_word=False)
    )
    often = np.flatnonzero(1500 * probabilities >= 5)
    rest = 1 - probabilities[often].sum()
    expected = 1500 * np.array([*probabilities[often], rest])
    actual = np.array([*(drawn[int(token)] for token in often), 1500 - sum(drawn[int(token)] for token in often)])
    kept = expected >= 1
    statistic = float(((actual - expected)[kept] ** 2 / expected[kept]).sum())
    freedom = int(kept.sum()) - 1
    assert statistic < freedom + 3.3 * math.sqrt(2 * max(freedom, 1)) + 3  # far beyond the 99.9th percentile


def test_a_temperature_near_zero_is_greedy(model: LanguageModel) -> None:
    cold = "".join(model.generate("Mira is from Ormland", 12, SamplingOptions(temperature=1e-4, seed=5)))
    greedy = "".join(model.generate("Mira is from Ormland", 12, SamplingOptions(top_k=1)))
    assert cold == greedy


def test_the_same_seed_gives_the_same_text_and_another_seed_another(model: LanguageModel) -> None:
    texts = ["".join(model.generate("", 40, SamplingOptions(seed=seed))) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_generated_text_comes_in_pieces_and_ends_before_a_stop_string(model: LanguageModel) -> None:
    pieces = list(model.generate("Mira is from Velland", 60, SamplingOptions(top_k=1)))
    assert len(pieces) > 5
    whole = "".join(pieces)
    assert (
        "".join(model.generate("Mira is from Velland", 60, SamplingOptions(top_k=1), stop=[" .", "\n"]))
        == (whole.split(" .")[0])
    )


def test_nothing_unknown_is_ever_written_and_spaces_are_single(model: LanguageModel) -> None:
    for prompt in ("", "Mira ", "Mira is", "Unheard-of "):
        text = prompt + "".join(model.generate(prompt, 60, SamplingOptions(seed=3, temperature=1.5)))
        assert "<unk>" not in text
        if model.path.parent.name != "characters":  # whose spaces are tokens as others are
            assert "  " not in text


def test_a_prompt_may_end_inside_a_word_of_characters(runs: Runs) -> None:
    model = LanguageModel(runs["characters"])
    assert "".join(model.generate("Mira is from Vel", 4, SamplingOptions(top_k=1))) == "land"


def test_a_repetition_penalty_makes_repetition_rarer(words: LanguageModel) -> None:
    def repeats(penalty: float) -> int:
        drawn = "".join(words.generate("Mira", 60, SamplingOptions(seed=1), repetition_penalty=penalty)).split()
        return len(drawn) - len(set(drawn))

    assert repeats(3.0) < repeats(1.0)


def test_generate_streams_to_the_terminal_and_is_seeded(runs: Runs) -> None:
    command = ("generate", runs["words"], "--prompt", "Mira is", "--length", 20, "--temperature", 0.8, "--top-k", 40)
    first = output(*command, "--top-p", 0.95, "--seed", 1)
    assert first.startswith("Mira is ")
    assert first.endswith("\n")
    assert first == output(*command, "--top-p", 0.95, "--seed", 1)
    assert output("generate", runs["words"], "--length", 0) == "\n"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--temperature", 0), "--temperature: expected more than 0, found 0.0; near 0 is greedy"),
        (("--temperature", -1), "--temperature: expected more than 0, found -1.0; near 0 is greedy"),
        (("--top-k", 0), "--top-k: expected 1 or more, found 0"),
        (("--top-p", 1.5), "--top-p: expected more than 0 and at most 1, found 1.5"),
        (("--seed", -1), "--seed: expected 0 or more, found -1"),
        (("--length", -1), "--length: expected 0 or more, found -1"),
        (("--repetition-penalty", 0), "--repetition-penalty: expected more than 0, found 0"),
        (("--stop", ""), "expected stop strings of at least one character, found an empty one"),
    ],
)
def test_flags_of_generate_out_of_their_range_are_refused(runs: Runs, flags: tuple[object, ...], message: str) -> None:
    assert refusal("generate", runs["words"], *flags) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a", "--top", 0), "--top: expected 1 or more, found 0"),
        ((), 'expected a text, as in `seqnlp complete RUN "I grew up"`, or --interactive without one'),
        (
            ("a", "--interactive"),
            'expected a text, as in `seqnlp complete RUN "I grew up"`, or --interactive without one',
        ),
    ],
)
def test_flags_of_complete_out_of_their_range_are_refused(
    runs: Runs, arguments: tuple[object, ...], message: str
) -> None:
    assert refusal("complete", runs["words"], *arguments) == message


def test_python_refuses_what_the_command_line_refuses(words: LanguageModel) -> None:
    for temperature in (0.0, -1.0):
        with pytest.raises(SeqnlpError, match="expected temperature above 0"):
            SamplingOptions(temperature=temperature)
    with pytest.raises(SeqnlpError, match="length: expected a whole number from 0 to 1,000,000,000, found -1"):
        words.generate("", -1)
    with pytest.raises(SeqnlpError, match="expected a repetition penalty above 0, found 0; 1 is none"):
        words.generate("", 1, repetition_penalty=0)
    with pytest.raises(SeqnlpError, match="top: expected a whole number from 1 to 10,000, found 0"):
        words.complete("", top=0)


def test_evaluating_shows_perplexities_and_kneser_ney(runs: Runs, tmp_path: Path) -> None:
    reports = {}
    for kind in KINDS:
        report = tmp_path / f"{kind}.html"
        actual = json.loads(output("evaluate", runs[kind], "--split", "test", "--json", "--report", report))
        reports[kind] = actual
        low, high = actual["scores"]["interval"]
        assert low < actual["score"] == actual["scores"]["per_word"] < high
        bits = actual["scores"]["bits_per_character"] * actual["characters"]
        assert 2 ** (bits / actual["words"]) == pytest.approx(actual["score"])
        assert 2 ** (bits / actual["tokens"]) == pytest.approx(actual["scores"]["per_token"])
        assert [one["name"] for one in actual["baselines"]] == [f"Kneser-Ney {n}-gram" for n in (1, 3, 5)]
        assert "Kneser-Ney 5-gram" in report.read_text(encoding="utf-8")
        metrics = json.loads((runs[kind] / "model" / "metrics.json").read_text(encoding="utf-8"))
        assert metrics["test"]["perplexity"] == pytest.approx(actual["score"], abs=1e-3)
    assert len({actual["words"] for actual in reports.values()}) == 1  # whatever the tokens
    text = output("evaluate", runs["words"], "--split", "test")
    assert "perplexity per word" in text
    assert "bits per character" in text


def test_a_cache_and_dynamic_evaluation_are_labelled_rows_of_their_own(runs: Runs) -> None:
    plain = json.loads(output("evaluate", runs["words"], "--split", "test", "--json"))
    both = json.loads(output("evaluate", runs["words"], "--split", "test", "--json", "--cache", 50, "--dynamic"))
    assert both["scores"] == plain["scores"]
    cache, dynamic, together = both["adapted"]
    assert cache["name"].startswith("neural cache 50 (theta ")
    assert dynamic["name"].startswith("dynamic evaluation (eta ")
    assert together["name"].startswith(f"{dynamic['name']} and neural cache 50 (theta ")
    assert all(abs(math.log(one["scores"]["per_word"] / plain["score"])) < 0.3 for one in both["adapted"])
    assert all(one["seconds"] > 0 for one in both["adapted"])


def test_ngrams_are_mixed_in_alone_and_with_all_else_that_is_asked_for(runs: Runs) -> None:
    asked = ("--ngrams", "--cache", 50, "--dynamic", 0.001)
    report = json.loads(output("evaluate", runs["words"], "--json", *asked))
    ngrams, cache, dynamic, together = report["adapted"]
    assert ngrams["name"].startswith("n-grams (w 0.")
    assert dynamic["name"] == "dynamic evaluation (eta 0.001, lambda 0.02)"
    assert together["name"].startswith(f"{dynamic['name']} and n-grams (w 0.")
    assert " and neural cache 50 (theta " in together["name"]
    assert ngrams["scores"]["per_word"] < report["score"] * 1.01  # at worst the weight is next to nothing
    assert together["scores"]["per_word"] < 1.02 * min(one["scores"]["per_word"] for one in (ngrams, cache, dynamic))
    low, high = ngrams["scores"]["interval"]
    assert low < ngrams["scores"]["per_word"] < high


def test_ngrams_of_characters_are_mixed_with_a_model_of_characters(runs: Runs) -> None:
    report = json.loads(output("evaluate", runs["characters"], "--json", "--ngrams", "--cache", 30))
    ngrams, cache, both = (one["scores"]["per_word"] for one in report["adapted"])
    assert both < 1.01 * min(ngrams, cache)
    assert ngrams < 1.01 * min(report["score"], report["baselines"][-1]["scores"]["per_word"])


def test_adapting_without_a_dev_text_is_refused(runs: Runs, tmp_path: Path) -> None:
    shutil.copytree(runs["words"], tmp_path / "run")
    config = tmp_path / "run" / "config.yaml"
    config.write_text(config.read_text().replace("dev: dev.txt", "dev: ''"))
    message = refusal("evaluate", tmp_path / "run", "--cache", 10)
    assert "data.dev: missing; --ngrams, --cache and --dynamic find their settings on a development text" in message
    assert refusal("evaluate", tmp_path / "run", "--ngrams") == message
    assert refusal("evaluate", tmp_path / "run", "--cache", -1) == "--cache: expected 1 or more, found -1"
    assert refusal("evaluate", tmp_path / "run", "--dynamic", -1).startswith("--dynamic: expected a rate from 0 ")
    before = (tmp_path / "run" / "model" / "model.safetensors").read_bytes()
    told = output("evaluate", tmp_path / "run", "--data", runs["words"].parent / "test.txt", "--dynamic", 0.001)
    assert "dynamic evaluation (eta 0.001, lambda 0.02)" in told
    assert "seconds" in told
    assert (tmp_path / "run" / "model" / "model.safetensors").read_bytes() == before


def test_a_backward_model_is_evaluated_but_does_not_go_on_with_a_text(runs: Runs, tmp_path: Path) -> None:
    data = runs["words"].parent
    settings = (*SMALL, "model.direction=backward", "trainer.epochs=1")
    output("train", "task=language_model", f"data.dir={data}", f"run={tmp_path}/run", *settings)
    report = json.loads(output("evaluate", tmp_path / "run", "--json", "--ngrams"))
    assert report["adapted"][0]["scores"]["per_word"] < 1.01 * report["score"]
    assert "train one with model.direction=forward" in refusal("generate", tmp_path / "run")


def test_load_gives_a_language_model_and_other_tasks_refuse_it(runs: Runs) -> None:
    assert isinstance(package.load(runs["words"]), LanguageModel)
    assert refusal("tag", runs["words"], stdin="a\n")


def test_a_sweep_over_cells_ends_with_one_table(runs: Runs, tmp_path: Path) -> None:
    data = runs["words"].parent
    settings = (*SMALL, "data.limit=60", "trainer.epochs=1", "model.cell=rnn,gru,lstm,peephole", f"data.dir={data}")
    table = output("train", "-m", "task=language_model", f"run={tmp_path}/cells", *settings).splitlines()
    assert table[1].split() == ["run", "dev", "perplexity", "parameters", "minutes", "tokens/s"]
    rows = table[2 : table.index("")]
    assert table[-1].startswith("best: ")
    assert [row.split()[0] for row in rows] == [
        f"{number}_model.cell={cell}" for number, cell in enumerate(("rnn", "gru", "lstm", "peephole"))
    ]
    assert len({row.split()[2] for row in rows}) == 4


def test_a_text_costs_what_it_does_as_a_file_of_its_own(model: LanguageModel) -> None:
    long = " ".join(make_lines(120, seed=5))
    texts = [TEXT, "", long, f"{TEXT} Vellish .\nJoren likes Ormland .\n", "unheard \u00e9 words", "\n"]
    encoded = {text: [*map(model.tokens.encode, text.removesuffix("\n").split("\n"))] for text in texts}
    for text, answer in zip(texts, model.score_texts(texts), strict=True):
        tokens = np.concatenate([np.array(line, np.int64) for line in encoded[text]])
        alone = score_tokens(model._network, tokens).sum()
        assert answer.tokens == len(tokens)
        assert answer.log_probability == pytest.approx(-alone, rel=1e-4)
        assert answer.perplexity == pytest.approx(math.exp(alone / len(tokens)), rel=1e-4)
    assert model.score_texts([]) == []


def test_scores_do_not_depend_on_how_many_workers_there_are(runs: Runs, tmp_path: Path) -> None:
    model, lines = LanguageModel(runs["words"]), [line or None for line in make_lines(1300, seed=6)]
    texts = list(filter(None, lines))
    assert model.score_texts(texts, workers=2) == model.score_texts(texts)
    table = tmp_path / "in.jsonl"
    table.write_text("".join(json.dumps({"text": line, "id": row}) + "\n" for row, line in enumerate(lines)))
    for workers in (1, 2):
        output("batch", runs["words"], table, tmp_path / f"{workers}.jsonl", "--workers", workers)
    written = (tmp_path / "1.jsonl").read_bytes()
    assert written == (tmp_path / "2.jsonl").read_bytes()
    rows = [*map(json.loads, written.splitlines())]
    assert [(row["text"], row["id"]) for row in rows] == [*zip(lines, range(1300), strict=True)]
    scored = next(row for row in rows if row["text"])
    answer = model.score_texts([scored["text"]])[0]
    assert scored["token_count"] == answer.tokens
    assert scored["log_probability"] == pytest.approx(answer.log_probability, abs=1e-3)
    assert scored["perplexity"] == pytest.approx(answer.perplexity, rel=1e-3)
    assert {row["error"] for row in rows if not row["text"]} == {"expected text, found nothing"}


def test_scores_are_a_column_of_parquet_and_every_engine_gives_them(runs: Runs, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"text": [TEXT, None]}), tmp_path / "in.parquet")
    output("batch", runs["bpe"], tmp_path / "in.parquet", tmp_path / "out.parquet", "--prefix", "lm_")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["text", "lm_log_probability", "lm_token_count", "lm_perplexity", "lm_error"]
    first, second = table.to_pylist()
    assert second["lm_token_count"] is None
    for engine in ("torch", "onnxruntime", "numpy"):
        [answer] = LanguageModel(runs["bpe"], engine=engine).score_texts([TEXT])
        assert first["lm_log_probability"] == pytest.approx(answer.log_probability, abs=1e-3)
