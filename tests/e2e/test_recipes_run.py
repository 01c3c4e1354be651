"""Every recipe in the folder trains on a slice of its data and tags a sentence."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path
from typing import IO, Any

import pytest
from command import output, seqnlp

from seqnlp.data.paths import resolve_path
from seqnlp.resources import find_recipes
from seqnlp.run_config import read_run_config

SMALL = (
    "data.limit=60",
    "model.hidden_dim=16",
    "model.character_hidden_dim=8",
    "trainer.epochs=1",
    "trainer.batch_sentences=8",
)
SMALL_TRANSLATOR = (
    "data.limit=60",
    "tokenizer.vocabulary_size=520",
    "model.embedding_dim=16",
    "model.encoder_hidden_dim=8",
    "model.decoder_hidden_dim=16",
    "trainer.epochs=1",
    "trainer.batch_sentences=8",
    "decoding.beam=2",
    "decoding.max_ratio=1",
)
SMALL_CLASSIFIER = ("data.limit=60", "model.hidden_dim=8", "trainer.epochs=1", "trainer.batch_sentences=16")
SMALL_FORECASTER = ("data.limit=900", "model.hidden_dim=8", "trainer.epochs=1")
SMALL_MEMORY = ("data.train=60", "data.dev=60", "data.test=60", "model.hidden_dim=8", "data.distance=8")
SMALL_LANGUAGE_MODEL = ("data.limit=60", "model.embedding_dim=16", "model.hidden_dim=16", "trainer.epochs=1")
OTHER_VECTORS = "embeddings/glove.6B.50d.100k.txt.gz"
SMALL_DETECTOR = ("model.hidden_dim=8", "model.level_rows=24", "trainer.epochs=1", "trainer.stride=20")


NUM_VECTORS, NUM_ROWS, NUM_PARTS = 2000, 5000, 300
"""Of each file: reading all of them takes most of the time of a test, and what is learnt here does not matter."""


@pytest.fixture(scope="module")
def a_little_data(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the recipes: the first vectors of each file, and of texts and series parts of the whole length."""
    folder = tmp_path_factory.mktemp("data")
    for path in (path for path in shared_data.rglob("*") if path.is_file()):
        little = folder / path.relative_to(shared_data)
        little.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = a_part(path, file)
        little.write_bytes(gzip.compress(content, 1) if path.suffix == ".gz" else content)
    return folder


def a_part(path: Path, file: IO[bytes]) -> bytes:
    if path.suffix == ".json":  # the labels of series
        return file.read()
    if path.parent.name == "embeddings":
        return b"".join(itertools.islice(file, NUM_VECTORS))
    if path.suffix == ".csv":
        first, *rows = file
        return first + b"".join(spread(rows, NUM_ROWS))
    content = b"".join(itertools.islice(file, 20_000))
    between = b"\n\n" if b"\n\n" in content else b"\n"  # sentences of column files, or lines
    return between.join(spread(content.rstrip().split(between), NUM_PARTS)) + between


def spread(parts: list[bytes], most: int) -> list[bytes]:
    return parts[:: -(-len(parts) // most)]


@pytest.fixture
def where_its_data_is(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set SEQNLP_DATA for recipes that do not ship their data."""
    if not name.endswith("/demo"):
        monkeypatch.setenv("SEQNLP_DATA", str(request.getfixturevalue("a_little_data")))


def trained(name: str, folder: Path, *settings: str) -> tuple[Path, dict[str, Any]]:
    """A run of a recipe, and the report of its model on the test split."""
    run = folder / "run"
    actual = seqnlp("train", f"recipe={name}", f"run={run}", *settings)
    assert actual.status == 0, actual.err
    assert name in (run / "model" / "README.md").read_text(encoding="utf-8")
    return run, json.loads(output("evaluate", run, "--split", "test", "--json"))


def recipes_of(task: str) -> list[str]:
    return [name for name in find_recipes() if name.startswith(f"{task}/")]


def test_every_recipe_is_run_by_one_of_these_tests() -> None:
    tasks = ("tagging", "translation", "classification", "language_model", "forecasting", "anomaly_detection", "memory")
    assert sorted(name for task in tasks for name in recipes_of(task)) == sorted(find_recipes())


def few_pieces(folder: Path) -> str:
    """Vectors of word pieces, as a user makes them first."""
    pieces = folder / "pieces.txt"
    pieces.write_text("".join(f"{letter}{' 0.5' * 100}\n" for letter in "abc"), encoding="utf-8")
    return f"model.piece_vectors={pieces}"


def taught(name: str, folder: Path) -> tuple[str, str]:
    """What a user makes before: vectors of pieces, and what an encoder says of a text."""
    labels = ("very negative", "negative", "neutral", "positive", "very positive") if "sst5" in name else ("neg", "pos")
    answers = folder / "answers.jsonl"
    row = {"text": "a lovely film", "probabilities": dict.fromkeys(labels, 1 / len(labels))}
    answers.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return few_pieces(folder), f"teacher.answers={answers}"


@pytest.mark.parametrize("name", recipes_of("classification"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_classifies(name: str, tmp_path: Path) -> None:
    made = taught(name, tmp_path) if name.endswith("_taught") else ()
    run, report = trained(name, tmp_path, *SMALL_CLASSIFIER, *made)
    assert output("classify", run, stdin="a lovely film\n\n").count("\n") == 2
    assert (report["title"], report["documents"]) == (name, 60)
    assert len(report["baselines"]) >= 3


@pytest.mark.parametrize("name", recipes_of("memory"))
def test_a_recipe_trains_and_its_model_answers(name: str, tmp_path: Path) -> None:
    run, report = trained(name, tmp_path, *SMALL_MEMORY)
    assert output("classify", run, stdin="I grew up in Paris . I speak fluent\n").count("\n") == 1
    assert (report["title"], report["documents"]) == (name, 60)
    assert [each["name"] for each in report["baselines"]][-1] == "5-gram"


@pytest.mark.parametrize("name", recipes_of("language_model"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_completes_and_generates(name: str, tmp_path: Path) -> None:
    run, report = trained(name, tmp_path, *SMALL_LANGUAGE_MODEL)
    assert output("complete", run, "She grew up in", "--top", 3).count("\n") == 3
    assert output("generate", run, "--prompt", "She", "--length", 5).startswith("She")
    assert (report["title"], report["lines"]) == (name, 60)


@pytest.mark.parametrize("name", recipes_of("forecasting"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_forecasts(name: str, tmp_path: Path) -> None:
    run, report = trained(name, tmp_path, *SMALL_FORECASTER)
    data = read_run_config(run).data
    series = resolve_path(data, data.train)
    assert output("forecast", run, series, "--horizon", 3).count("\n") == 4
    assert report["title"] == name
    assert [len(column["baselines"]) for column in report["columns"]] == [3] * len(report["columns"])


@pytest.mark.parametrize("name", recipes_of("anomaly_detection"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_detects(name: str, tmp_path: Path) -> None:
    run, report = trained(name, tmp_path, *SMALL_DETECTOR)
    data = read_run_config(run).data
    series = resolve_path(data, data.train)
    assert output("detect", run, series).startswith("start,end,peak,score,flagged\n")
    assert (report["title"], len(report["windows"])) == (name, 5 if "taxi" in name else 4)


@pytest.mark.parametrize("name", recipes_of("translation"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_translates(name: str, tmp_path: Path) -> None:
    run, report = trained(name, tmp_path, *SMALL_TRANSLATOR)
    assert output("translate", run, stdin="Ein Hund rennt .\n\n").count("\n") == 2
    assert (report["title"], report["sentences"]) == (name, 60)


@pytest.mark.parametrize("name", recipes_of("tagging"))
@pytest.mark.usefixtures("where_its_data_is")
def test_a_recipe_trains_and_its_model_tags(name: str, tmp_path: Path, character_models: str) -> None:
    vectors = f"model.vectors={OTHER_VECTORS}"
    own = {
        "_contextual": f"model.context={character_models}",
        "_distilled": vectors,
        "_glove": vectors,
        "_pieces": few_pieces(tmp_path),
    }
    made = [setting for ending, setting in own.items() if name.endswith(ending)]  # what a user makes or fetches first
    run, report = trained(name, tmp_path, *SMALL, *made)
    answer = json.loads(output("tag", run, stdin="Ada Sorrel took aspirin in Brinmoor."))
    assert len(answer["tags"]) == len(answer["tokens"]) == 7
    assert ("spans" in answer) != ("probabilities" in answer)
    assert (report["title"], report["sentences"]) == (name, 60)


@pytest.mark.parametrize("name", find_recipes())
def test_a_recipe_has_its_row_in_the_table_of_results(name: str) -> None:
    readme = find_recipes()[name].parent / "README.md"
    rows = [line for line in readme.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    named = [row for row in rows if row.split("|")[1].strip().strip("`") == name]
    assert named, f"{readme} has no row that begins with {name}: measure it with tools/results.py"
    assert all(any(character.isdigit() for character in row) for row in named)


def test_every_recipe_says_what_it_reaches() -> None:
    listed = output("recipes").splitlines()
    for name in find_recipes():
        (first,) = [number for number, line in enumerate(listed) if line.split()[0] == name]
        below = list(itertools.takewhile(lambda line: line.startswith(" "), listed[first + 1 :]))
        results = [number for number, line in enumerate(below) if not line.startswith("   ")][1]  # after what it reads
        assert any(character.isdigit() for line in below[results:] for character in line), name
