"""What clients get, described: a class for each verb. Answers are written as they are; tests hold them to this."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Answer = TypeVar("Answer")


class Described(BaseModel):
    """What all have: no other fields than those named."""

    model_config = ConfigDict(extra="forbid")


class Token(Described):
    """A word; ``text[start:end]`` in characters."""

    text: str
    start: int
    end: int


class Entity(Token):
    """An entity and how probable it is that exactly this is one."""

    label: str
    probability: float


class TagSequence(Described):
    """One of the most probable answers for the whole text."""

    probability: float
    tags: list[str]


class Tagged(Described):
    """Of ``/tag``. A tagger of entities gives ``spans``, one of plain tags ``probabilities``."""

    text: str
    tokens: list[Token]
    tags: list[str]
    spans: list[Entity] = []
    probabilities: list[float] = []
    nbest: list[TagSequence] = []


class Why(Described):
    """What each word contributes to a label."""

    method: str
    label: str
    log_odds: float | None = None
    empty_log_odds: float | None = None
    gap: float | None = None
    words: list[tuple[str, float | None]]


class Classified(Described):
    """Of ``/classify``. ``words`` is how many there are; ``read`` how many of them were, if not all."""

    text: str
    label: str
    labels: list[str]
    probabilities: dict[str, float | None]
    words: int
    read: int | None = None
    explanation: Why | None = None


class Hypothesis(Described):
    """A translation; what was not asked for is missing."""

    translation: str
    score: float
    log_probability: float
    pieces: list[str] = []
    token_log_probabilities: list[float] = []
    source_words: list[str] = []
    target_words: list[str] = []
    alignment: list[tuple[int, int]] = []
    attention: list[list[float]] = []


class Translated(Hypothesis):
    """Of ``/translate``. ``parts``: into how many parts a text of several lines or sentences was cut."""

    source: str
    parts: int = 1
    nbest: list[Hypothesis] = []


class Scored(Described):
    """Of ``/score``; logarithms are natural."""

    log_probability: float | None
    pieces: list[str]
    token_log_probabilities: list[float | None]


class NextWord(Described):
    """A word and its probability."""

    word: str
    probability: float


class Completed(Described):
    """Of ``/complete``."""

    text: str
    completions: list[NextWord]


class Forecast(Described):
    """Of ``/forecast``. A row ahead has ``time``, ``step``, and of each column its value and interval."""

    origin: str
    level: float
    ahead: list[dict[str, str | int | dict[str, float | None]]]
    notes: list[str] = Field(description="what was wrong with the series, and what was done about it")


class Event(Described):
    """Flagged rows that belong together."""

    start: str
    end: str
    peak: str
    score: float | None
    flagged: int


class Row(Described):
    """A row of a series, judged."""

    row: int
    time: str
    values: dict[str, float | None]
    score: float | None
    p_value: float | None
    flagged: bool


class Detected(Described):
    """Of ``/detect``. A row is flagged where its score is above the threshold."""

    events: list[Event]
    threshold: float
    scored: int
    flagged: int
    rows: list[Row] = []
    notes: list[str]


class Answered(Described, Generic[Answer]):
    """Of every verb: which model answered, and an answer for each text."""

    model: str
    answers: list[Answer]


class Failure(Described):
    """Of every request that is refused."""

    error: str
