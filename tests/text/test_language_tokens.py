"""Words, subwords and characters: what is written is what was read."""

from __future__ import annotations

import pytest
from tiny_text import make_lines

from seqnlp.config.language_model import LanguageTokensConfig
from seqnlp.errors import DataError, RunError
from seqnlp.text.language_tokens import Tokens, learn_tokens, plain_line, tokens_from_folder, unknown_words
from seqnlp.text.writer import TextWriter

LINES = ["the ship sails .", "", "the ships sail at 5 o'clock !", *make_lines(40)]
KINDS = ["words", "bpe", "unigram", "characters"]


def learn(kind: str, lines: list[str] = LINES, **settings: object) -> Tokens:
    return learn_tokens(
        lines, LanguageTokensConfig(kind=kind, vocabulary_size=330 if kind == "bpe" else 296, **settings)
    )


def written(tokens: Tokens, numbers: list[int]) -> str:
    writer = TextWriter(tokens, line_begins=True)
    return "".join(map(writer.add, numbers)) + writer.flush()


@pytest.mark.parametrize("kind", KINDS)
def test_a_known_line_is_written_as_it_was_read(kind: str) -> None:
    tokens = learn(kind)
    for line in LINES:
        assert written(tokens, tokens.encode(line)) == f"{line}\n"
        assert tokens.encode(line).count(tokens.end) == 1


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_subwords_spell_what_they_have_never_seen_in_bytes(kind: str) -> None:
    tokens = learn(kind)
    assert written(tokens, tokens.encode("日本 ship Ж")) == "日本 ship Ж\n"
    assert unknown_words(tokens, "日本 ship Ж 日本") == ["日本", "Ж"]


def test_unknown_words_and_characters_share_unit_zero() -> None:
    words, characters = learn("words"), learn("characters")
    assert words.encode("the boat sails .")[1] == 0
    assert unknown_words(words, "the boat sails , the boat") == ["boat", ","]
    assert characters.encode("aЖ")[-2] == 0
    assert written(words, words.encode("the boat sails .")) == "the sails .\n"


def test_units_are_numbered_by_falling_frequency_the_end_mark_among_them() -> None:
    tokens = learn("words", ["b a a", "a", "c b a"])
    assert tokens.pieces == ["", " a", "\n", " b", " c"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_is_known_in_all_forms_that_look_the_same(kind: str) -> None:
    composed, apart = "caf\u00e9", "caf\u0065\u0301"
    for taught, other in ((composed, apart), (apart, composed)):
        tokens = learn(kind, [f"a {taught} by the sea .", *LINES])
        right = tokens.encode(f"the {taught} sails")
        for form in (other, f"ca\u00ad{taught[2:]}", f"\u200b{other}\u200f"):
            assert tokens.encode(f"the {form} sails") == right
            assert unknown_words(tokens, form) == []
    assert unknown_words(learn(kind), composed) == [composed]
    both = learn(kind, [f"{composed} {apart} .", *LINES])
    assert both.encode(composed) != both.encode(apart), "a text that tells them apart is read so"


def test_the_unknown_word_of_the_text_itself_is_the_unknown_word() -> None:
    tokens = learn("words", ["a <unk> b", "<unk> a"])
    assert tokens.encode("<unk> a") == [0, tokens.encode("a")[0], tokens.end]
    assert len(tokens) == 4  # unknown, a, b, end


def test_rare_words_are_left_out_by_min_count() -> None:
    assert unknown_words(learn("words", ["a a b", "a b c"], min_count=2), "a b c") == ["c"]


def test_a_splitter_cuts_training_text_and_prompts_alike() -> None:
    tokens = learn("words", ["He sails.", "He stays."], splitter="words")
    assert tokens.pieces.count(" .") == 1
    assert tokens.encode("sails.") == tokens.encode("sails .")


@pytest.mark.parametrize("kind", KINDS)
def test_units_survive_the_model_folder(kind: str) -> None:
    tokens = learn(kind)
    again = tokens_from_folder(tokens.to_vocabulary(), tokens.to_files())
    assert again.pieces == tokens.pieces
    assert again.encode(LINES[2]) == tokens.encode(LINES[2])


def test_a_model_folder_without_its_units_is_refused() -> None:
    with pytest.raises(RunError, match=r"the model folder lacks 'subwords\.spm'; it was not copied or saved whole"):
        tokens_from_folder({"kind": "subwords"}, {})


@pytest.mark.parametrize(
    ("lines", "kind", "actual"),
    [(["a a a", "a"], "words", "only 'a'"), (["aa", "a"], "characters", "only 'a'"), (["<unk>"], "words", "none")],
)
def test_a_vocabulary_of_one_word_is_refused(lines: list[str], kind: str, actual: str) -> None:
    expected = f"expected a training text with at least two different {kind}, found {actual}; is data.train right?"
    with pytest.raises(DataError) as caught:
        learn(kind, lines)
    assert str(caught.value) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_units_that_write_a_beginning_are_found_as_by_looking_at_all(kind: str) -> None:
    tokens = learn(kind)
    for text in (" s", " ship", "s", " th", "o'", " zz"):
        whole = {number for number, piece in enumerate(tokens.pieces) if piece.startswith(text)}
        assert set(tokens.beginning_with(text)) == whole
        part = {n for n, piece in enumerate(tokens.pieces) if piece and text.startswith(piece) and piece != text}
        assert set(tokens.within(text)) == (set() if kind == "words" else part)


def test_spaces_become_single_and_letters_small_if_wanted() -> None:
    assert plain_line("  The\u00a0 SHIP\t! ") == "The SHIP !"
    assert plain_line("The SHIP", lowercase=True) == "the ship"
