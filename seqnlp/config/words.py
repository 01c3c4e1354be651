"""The settings of models of words: what taggers and classifiers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seqnlp.config.cell import CellConfig
from seqnlp.config.named_files import side_by_side
from seqnlp.config.schema import setting


@dataclass
class WordModelConfig(CellConfig):
    """What taggers and classifiers share: words and their characters -> recurrent layers."""

    word_dim: int = setting(
        100, "width of the word embedding; with `vectors` or `piece_vectors` theirs is used", low=1, high=4096
    )
    vectors: str = setting(
        "",
        "text vectors (GloVe, word2vec, fastText .txt/.vec, gzip too), relative to data.dir; `a.txt + b.txt`: side by "
        "side, zeros for a word that one of them lacks",
    )
    piece_vectors: str = setting(
        "",
        "vectors of word pieces, as `seqnlp vectors pieces` writes them: a word that `vectors` lacks has the mean of "
        "its pieces'; if `vectors` are wider, as their last numbers, zeros before",
    )
    fine_tune: bool = setting(True, "learn a correction to the pretrained vector of each training word")
    lowercase: bool = setting(True, "look words up lower-cased; characters and casing keep the case")
    min_count: int = setting(1, "training words seen less often share the unknown word's embedding", low=1)
    character_model: Literal["cnn", "lstm", "none"] = setting("none", "word features from characters")
    character_dim: int = setting(
        30, "width of a character's embedding", low=1, high=1024, only="character_model=cnn,lstm"
    )
    character_hidden_dim: int = setting(
        50, "width of the word's character features", low=1, high=1024, only="character_model=cnn,lstm"
    )
    casing_dim: int = setting(0, "width of the casing feature's embedding; 0: none", low=0, high=256)
    hidden_dim: int = setting(150, "width of each direction of a recurrent layer", low=1, high=4096)
    num_layers: int = setting(1, "recurrent layers, stacked", low=1, high=8)
    bidirectional: bool = setting(True, "read in both directions")
    word_dropout: float = setting(0.05, "chance that a training word is read as unknown", low=0, below=1)
    input_dropout: float = setting(
        0.33, "locked dropout on the recurrent input, one mask a sentence or window", low=0, below=1
    )
    hidden_dropout: float = setting(0.33, "locked dropout after each recurrent layer", low=0, below=1)

    @property
    def vectors_files(self) -> list[str]:
        """The files that ``vectors`` names."""
        return side_by_side(self.vectors)

    @property
    def reads_vectors(self) -> bool:
        """Whether words have pretrained vectors, their own or composed ones."""
        return bool(self.vectors or self.piece_vectors)

    def word_problems(self, start_from: str) -> list[str]:
        """Settings of words that make no sense together; vectors may be those of the model that the run begins with."""
        problems = self.cell_problems()
        files = self.vectors_files
        if not all(files) or len(set(files)) < len(files):
            problems.append(
                f"model.vectors: expected a file, or `FILE + FILE` of different ones, found '{self.vectors}'"
            )
        if self.fine_tune is False and not self.reads_vectors and not start_from:
            problems.append("model.fine_tune: false means something only with model.vectors or model.piece_vectors")
        return problems
