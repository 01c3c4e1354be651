"""``seqnlp data select``: texts and pairs like one's own, written where training reads them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from command import refusal, seqnlp

from seqnlp.resources import RECIPES

DEMO = RECIPES / "translation" / "demo"
DE_EN = ("task=translation", "data.source=de", "data.target=en")


def demo_lines(split: str, language: str, number: int) -> list[str]:
    return (DEMO / f"{split}.{language}").read_text(encoding="utf-8").splitlines()[:number]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files pool.de and pool.en: of the demo's train, dev and test, sentences of train twice in a line, and others."""
    folder = tmp_path_factory.mktemp("pool")
    for language in ("de", "en"):
        train, dev, test = (demo_lines(split, language, 20) for split in ("train", "dev", "test"))
        others = [f"prices of shares fell by {number} percent in {language}" for number in range(40)]
        lines = [*others, *train, *dev, *test, *(f"{line} {line}" for line in train)]
        (folder / f"pool.{language}").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_pairs_are_written_where_training_reads_them(pool: Path, tmp_path: Path) -> None:
    settings = (f"data.train={pool}/pool", *DE_EN)
    done = seqnlp("data", "select", *settings, "--like", "translation/demo", "--number", 20, "-o", tmp_path / "more")
    assert done.status == 0, done.err
    assert "20 in translation/demo too, 40 in its dev or test" in done.err
    german, english = ((tmp_path / f"more.{one}").read_text(encoding="utf-8").splitlines() for one in ("de", "en"))
    doubled = {
        f"{de} {de}": f"{en} {en}" for de, en in zip(*(demo_lines("train", x, 20) for x in ("de", "en")), strict=True)
    }
    assert dict(zip(german, english, strict=True)) == doubled
    packed = ("--number", 20, "-o", tmp_path / "more.gz")
    assert "more.de.gz and " in seqnlp("data", "select", *settings, "--like", "translation/demo", *packed).err
    assert gzip.decompress((tmp_path / "more.de.gz").read_bytes()) == (tmp_path / "more.de").read_bytes()
    assert "train: 20 pairs" in seqnlp("data", "check", f"data.train={tmp_path}/more", *DE_EN, "data.dev=50%").err


def test_a_packed_file_of_texts_like_those_of_a_tagger(tmp_path: Path) -> None:
    sentences = [f"the {word} fell" for word in ("price", "share", "index")] + ["Velisk moved to Ombril again ."]
    (tmp_path / "web.tsv").write_text("".join(f"{line}\tx\n" for line in sentences), encoding="utf-8")
    out = tmp_path / "more.txt.gz"
    done = seqnlp("data", "select", tmp_path / "web.tsv", "--like", "tagging/demo", "--number", 1, "-o", out)
    assert (
        "web.tsv: read as single texts, those of the longest column, number 1; sentence pairs are read by task=tran"
        in done.err
    )
    assert gzip.decompress(out.read_bytes()).decode() == f"{sentences[-1]}\n"


def test_refusals(pool: Path, tmp_path: Path) -> None:
    like, out = ("--like", "translation/demo"), ("-o", tmp_path / "x")
    pairs = (f"data.train={pool}/pool", *DE_EN)
    assert "expected `seqnlp data select POOL --like DOMAIN -o OUT`" in refusal("data", "select", *pairs, *out)
    assert "--number: expected 1 or more, found 0" in refusal("data", "select", *pairs, *like, *out, "--number", 0)
    one_side = refusal("data", "select", pool / "pool.de", *like, *out)
    assert f"found single texts in {pool}/pool.de and pairs in translation/demo" in one_side
    turned = refusal("data", "select", *pairs, "data.source=en", "data.target=de", *like, *out)
    assert f"found en and de in {pool}/pool, de and en in translation/demo" in turned
    over = refusal("data", "select", *pairs, *like, "-o", pool / "pool")
    assert f"-o: {pool}/pool.de would be written over, which is read here" in over
    same = refusal("data", "select", "translation/demo", *like, *out)
    assert "nothing to choose from in translation/demo: left out: " in same
    assert not list(tmp_path.iterdir())
    (tmp_path / "blank.txt").write_text("\n \n", encoding="utf-8")
    assert f"{tmp_path}/blank.txt: no texts" in refusal(
        "data", "select", pool / "pool.de", "--like", tmp_path / "blank.txt", *out
    )
