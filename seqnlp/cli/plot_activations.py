"""Pictures of what happens inside a model: attention, gates, gradients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqnlp.errors import SeqnlpError
from seqnlp.storage import write_atomically


def attention(run: str, text: str, output: Path) -> None:
    """The attention of the best translation, words against words."""
    from seqnlp.api import Translator
    from seqnlp.plots.attention import attention_html, attention_picture
    from seqnlp.tasks.translation.answers import word_attention
    from seqnlp.text.split_sentences import is_unspaced

    translator = Translator(run)
    (answer,) = translator.translate_lines([text], attention=True)
    best = answer.hypotheses[0]
    if best.attention is None or not best.pieces:
        why = (
            f"it is too long, and was cut into {answer.parts} parts" if answer.parts > 1 else "the translation is empty"
        )
        raise SeqnlpError(f"--text: there is no attention to draw, {why}; try one sentence")
    by_piece = is_unspaced(translator.source_language), is_unspaced(translator.target_language)
    source_words, target_words, weights = word_attention(answer, best, by_piece)
    if output.suffix == ".html":
        write_atomically(output, attention_html(best.text, source_words, target_words, weights).encode())
    else:
        attention_picture(output, best.text, source_words, target_words, weights)


def gates(run: str, text: str, output: Path, units: int) -> None:
    """Gates and states at each step of a text."""
    from seqnlp.plots.gates import Sheet, gates_html, gates_picture
    from seqnlp.tasks.activations import text_activations

    inside = text_activations(run, text)
    sheets = [
        Sheet(
            f"Layer {layer.depth}, {'backwards' if layer.backwards else 'forwards'}",
            {name: value.numpy() for name, value in layer.values.items()},
        )
        for layer in inside.layers
    ]
    if output.suffix == ".html":
        write_atomically(output, gates_html(text, inside.steps, sheets, units).encode())
    else:
        gates_picture(output, text, inside.steps, sheets, units)


def gradient(runs: Sequence[Path], split: str, data_dir: str | None, output: Path) -> None:
    """How much the loss at a step depends on inputs further and further back, a line a run."""
    from seqnlp.cli.plot_scores import names_of
    from seqnlp.plots.lines import charts_html, charts_picture
    from seqnlp.report.chart import Chart, Line
    from seqnlp.run_config import config_of_run
    from seqnlp.tasks.gradient import gradient_norms

    lines, relative = [], []
    for run, name in zip(runs, names_of(runs), strict=True):
        config = config_of_run(run)
        if data_dir:
            config.data.dir = data_dir
        norms = gradient_norms(run, config, split)
        lines.append(Line(name, list(enumerate(norms))))
        relative.append(Line(name, [(distance, norm / (norms[0] or 1)) for distance, norm in enumerate(norms)]))
    title, steps = "How far back the loss can see", "distance d in steps"
    charts = [
        Chart("Gradient over distance", steps, "|d loss at T / d input at T - d|", lines, logarithmic=True),
        Chart("As a part of the gradient at distance 0", steps, "part", relative, logarithmic=True),
    ]
    explanation = (
        "The mean size of the gradient of the loss at the last step with respect to what was read d steps before, over "
        f"texts of {split}, in trained models: how much a small change so far back would count, and what training "
        "still learns from it. A well-trained model has a small loss, and so small gradients: compare the parts."
    )
    if output.suffix == ".html":
        write_atomically(output, charts_html(title, explanation, charts).encode())
    else:
        charts_picture(output, title, charts)
