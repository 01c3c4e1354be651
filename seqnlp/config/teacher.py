"""The settings of knowledge distillation."""

from __future__ import annotations

from dataclasses import dataclass

from seqnlp.config.named_files import AND, absolute, side_by_side
from seqnlp.config.schema import setting


@dataclass
class TeacherConfig:
    """Trained models whose answers are learnt beside the labels: knowledge distillation (Hinton et al. 2015)."""

    runs: str = setting(
        "",
        "knowledge distillation: models of the same labels (translators: of the same languages and subwords, which the "
        "run takes over) whose mean probabilities are learnt, `RUN1 + RUN2`; runs or model folders, relative to the "
        "current folder",
    )
    weight: float = setting(
        0.5,
        "share of the loss that is the teachers'; 1: labels and references do not count",
        above=0,
        high=1,
        only="runs",
    )

    @property
    def folders(self) -> list[str]:
        """The folders that ``runs`` names."""
        return side_by_side(self.runs)

    def name_runs_absolutely(self) -> None:
        """Make all paths absolute."""
        self.runs = AND.join(map(absolute, self.folders))


@dataclass
class TextTeacherConfig(TeacherConfig):
    """Trained models, of ours or of any kind, whose answers are learnt beside the labels and for texts without any."""

    weight: float = setting(
        0.5,
        "share of the loss that is the teachers'; 1: the labels of what they answered do not count",
        above=0,
        high=1,
        only="runs,answers",
    )
    texts: str = setting(
        "",
        "a text file without labels, one sentence (tagging) or text a line (gzip or plain): what teachers say of it is "
        "learnt as well; relative to the current folder",
        only="runs",
    )
    answers: str = setting(
        "",
        "what any other model says, as `seqnlp teach` writes it: JSON lines with `text` and `probabilities`, {label: "
        "number} (classification), or with `tokens` and for each of them such `probabilities` of its tags (tagging); "
        "what is not in train is learnt too; relative to the current folder",
    )

    @property
    def files(self) -> dict[str, str]:
        """The files that are read, by the setting that names each."""
        texts = {"texts": self.texts} if self.runs and self.texts else {}
        return texts | ({"answers": self.answers} if self.answers else {})

    def name_runs_absolutely(self) -> None:
        """Those of the files, too."""
        super().name_runs_absolutely()
        self.texts, self.answers = absolute(self.texts), absolute(self.answers)

    def problems(self) -> list[str]:
        """Settings that make no sense together."""
        both = self.runs and self.answers
        return ["teacher.answers: expected it or teacher.runs, found both"] if both else []
