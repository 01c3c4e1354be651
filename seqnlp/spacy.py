"""A spaCy component: ``nlp.add_pipe("seqnlp", config={"model": "RUN"})``. A tagger fills ``doc.ents`` or ``doc.spans``.

The component reads the text as `seqnlp tag` does, with the tagger's own words, and widens each entity to spaCy's
tokens. Probabilities are in ``span._.probability``; a tagger of plain tags fills ``token.tag_`` and, where its tags are
universal parts of speech, ``token.pos_``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.parts_of_speech import IDS
from spacy.tokens import Doc, Span, Token
from spacy.util import filter_spans

from seqnlp.errors import RunError
from seqnlp.tasks.model_folder import remove_with, write_files
from seqnlp.tasks.tagging.answers import TaggedText
from seqnlp.tasks.tagging.api import Tagger
from seqnlp.workers import cut

BATCH_SIZE = 256
_NO_MODEL = "expected a tagger's run or model folder in the component's setting `model`"


class SeqnlpComponent:
    """Entities of a trained tagger in spaCy's documents.

    Args:
        name: of the component.
        model: a run, or a saved model folder. One that is not there may come later, from the pipeline's own folder.
        spans_key: put entities into ``doc.spans[spans_key]`` instead of ``doc.ents``.
        min_probability: leave out entities less probable than this.
        overwrite: entities that are there already go; otherwise they stay, and new ones have to fit between them.
    """

    def __init__(
        self, name: str, model: str, spans_key: str = "", min_probability: float = 0.0, overwrite: bool = True
    ) -> None:
        self.name, self.model = name, model
        self.spans_key, self.min_probability, self.overwrite = spans_key, min_probability, overwrite
        self._tagger: Tagger | None = Tagger(model) if model and Path(model).expanduser().exists() else None
        if not Span.has_extension("probability"):
            Span.set_extension("probability", default=None)

    @property
    def tagger(self) -> Tagger:
        """The model.

        Raises:
            RunError: there is none.
        """
        if self._tagger is None:
            if not self.model:
                raise RunError(f'{_NO_MODEL}, found nothing: nlp.add_pipe("seqnlp", config={{"model": "RUN"}})')
            self._tagger = Tagger(self.model)
        return self._tagger

    def __call__(self, doc: Doc) -> Doc:
        """Fill one document."""
        return next(self.pipe(iter([doc])))

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH_SIZE) -> Iterator[Doc]:
        """Fill documents as they come, many at a time."""
        for docs in cut(stream, batch_size):
            if self.tagger.plain_tags:
                self._fill_tags(docs)
            else:
                texts = [doc.text for doc in docs]
                answers = self.tagger.tag_texts(texts, min_probability=self.min_probability)
                for doc, answer in zip(docs, answers, strict=True):
                    self._fill_entities(doc, answer)
            yield from docs

    def _fill_entities(self, doc: Doc, answer: TaggedText) -> None:
        spans = []
        for entity in answer.spans:
            span = doc.char_span(entity.start, entity.end, label=entity.label, alignment_mode="expand")
            if span is not None:
                span._.probability = entity.probability
                spans.append(span)
        spans = filter_spans(spans)
        if self.spans_key:
            doc.spans[self.spans_key] = spans
            doc.spans[self.spans_key].attrs["scores"] = [span._.probability for span in spans]
        elif self.overwrite:
            doc.set_ents(spans)
        else:
            taken = {token.i for span in doc.ents for token in span}
            doc.set_ents([*doc.ents, *(span for span in spans if not taken & set(range(span.start, span.end)))])

    def _fill_tags(self, docs: list[Doc]) -> None:
        lines = [line for doc in docs for line in _lines(doc)]
        answers = self.tagger.tag_words([[token.text for token in line] for line in lines])
        for sentence, answer in zip(lines, answers, strict=True):
            for token, tag in zip(sentence, answer.tags, strict=True):
                token.tag_ = tag
                if tag in IDS:
                    token.pos_ = tag

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the model beside the pipeline's other components."""
        self.tagger.save(path)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> SeqnlpComponent:
        """Read the model that was written beside the pipeline's other components.

        Raises:
            RunError: it is not there.
        """
        if not Path(path).is_dir():
            raise RunError(
                f"{path}: no such folder; the pipeline was copied without the model of its component '{self.name}': "
                "copy the whole folder that nlp.to_disk wrote"
            )
        self._tagger = Tagger(path)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The files of the model."""
        packed: bytes = srsly.msgpack_dumps(self.tagger.files())
        return packed

    def from_bytes(self, content: bytes, *, exclude: Iterable[str] = ()) -> SeqnlpComponent:
        """The inverse of :meth:`to_bytes`; the files live in a temporary folder as long as the component does."""
        folder = Path(tempfile.mkdtemp(prefix="seqnlp_"))
        remove_with(self, folder)
        write_files(folder, srsly.msgpack_loads(content))
        self._tagger = Tagger(folder)
        return self


def _lines(doc: Doc) -> list[list[Token]]:
    """The words of each line, which is tagged by itself as in any text."""
    lines: list[list[Token]] = [[]]
    for token in doc:
        if not token.is_space:
            lines[-1].append(token)
        elif "\n" in token.text:
            lines.append([])
    return lines


@Language.factory("seqnlp", default_config={"model": "", "spans_key": "", "min_probability": 0.0, "overwrite": True})
def make_component(
    nlp: Any, name: str, model: str, spans_key: str, min_probability: float, overwrite: bool
) -> SeqnlpComponent:
    """What spaCy calls for ``nlp.add_pipe("seqnlp")``."""
    return SeqnlpComponent(name, model, spans_key, min_probability, overwrite)
