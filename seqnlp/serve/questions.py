"""What clients ask: a class for each verb, by which requests are checked and the OpenAPI description is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Model = Annotated[str, Field(max_length=200, description="which model; needed only where several answer to the verb")]
Texts = Annotated[list[str], Field(description="each is answered for itself, in this order")]
Series = Annotated[str, Field(description="CSV with the columns of the training file, its heading first")]


class Question(BaseModel):
    """What every request has."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    model: Model = ""

    def items(self) -> list[Any]:
        """What is answered one by one."""
        texts: list[Any] = self.__dict__["texts"]
        return texts

    def options(self) -> tuple[Any, ...]:
        """All but the model and the items, in the order of the fields: what requests answered together have alike."""
        return tuple(value for name, value in self.__dict__.items() if name not in _ITEMS)


_ITEMS = {"model", "texts", "sources", "targets", "series"}


class TagQuestion(Question):
    """Texts for a tagger."""

    texts: Texts
    nbest: int = Field(0, ge=0, le=100, description="also so many most probable answers for the whole text")
    min_probability: float = Field(0.0, ge=0, le=1, description="leave out entities less probable than this")


class ClassifyQuestion(Question):
    """Texts for a classifier."""

    texts: Texts
    explain: Literal["", "gradients", "attention"] = Field("", description="also what each word contributes")


class TranslateQuestion(Question):
    """Texts for a translator."""

    texts: Texts
    nbest: int = Field(1, ge=1, le=50, description="translations a text")
    beam: int | None = Field(None, ge=1, le=50, description="width of the search; by default the model's own")
    scores: bool = Field(False, description="also the log probability of each subword")
    alignments: bool = Field(False, description="also pairs of source and target words")
    attention: bool = Field(False, description="also the weight of each source word for each word")


class ScoreQuestion(Question):
    """Texts with given translations."""

    sources: list[str]
    targets: list[str] = Field(description="the translation of each")

    @model_validator(mode="after")
    def are_pairs(self) -> Self:
        """As many of the one as of the other."""
        if len(self.sources) != len(self.targets):
            actual = f"{len(self.targets):,} and {len(self.sources):,}"
            raise ValueError(f"expected as many targets as sources, found {actual}")
        return self

    def items(self) -> list[Any]:
        """Pairs."""
        return list(zip(self.sources, self.targets, strict=True))


class CompleteQuestion(Question):
    """Beginnings for a language model."""

    texts: Texts
    top: int = Field(5, ge=1, le=100, description="how many words")
    typing: bool = Field(False, description="the last word is still being typed: complete it")


class SeriesQuestion(Question):
    """A series."""

    series: Series

    def items(self) -> list[Any]:
        """The series."""
        return [self.series]


class ForecastQuestion(SeriesQuestion):
    """A series for a forecaster."""

    horizon: int = Field(0, ge=0, le=10_000, description="rows ahead; 0: as many as in training")
    level: float = Field(0.9, description="of the prediction intervals: 0.5, 0.8, 0.9, 0.95 or 0.99")


class DetectQuestion(SeriesQuestion):
    """A series for a detector."""

    false_alarms: float | None = Field(None, gt=0, lt=1, description="part of the normal rows that may be flagged")
    gap: int | None = Field(None, ge=0, le=10**9, description="rows between flagged ones of one event, at most")
    rows: bool = Field(False, description="also every row with its score")
