"""What a page needs of a forecaster."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.errors import SeqnlpError
from seqnlp.page.file import PageModel
from seqnlp.tasks.forecasting.facts import INTERVALS, LEVELS
from seqnlp.tasks.forecasting.forecaster import forecaster_from_bundle
from seqnlp.tasks.series_page import series_settings

_SETTINGS = (
    *("horizon", "season", "transform", "difference", "reference", "input", "linear", "lags", "cell", "num_layers"),
    *("follow", "min_context"),
)


def page_model(bundle: Bundle) -> PageModel:
    """The forecaster as data for JavaScript.

    Raises:
        RunError: the folder is no forecaster.
        SeqnlpError: its series have something that a page cannot read.
    """
    loaded = forecaster_from_bundle(bundle, "numpy")
    if loaded.many:
        problem = f"a page reads one series, and this model reads {len(loaded.series):,}"
        raise SeqnlpError(f"--page: {problem} (data.series_column); use `seqnlp forecast`, or export --onnx")
    model, facts = loaded.settings, loaded.facts
    settings = {
        **series_settings(facts.names, loaded.data, facts.step, facts.scaler),
        "levels": list(LEVELS),
        "model": {**{name: getattr(model, name) for name in _SETTINGS}, "calendar": list(model.calendar_features)},
    }
    return PageModel("forecaster_page.mjs", settings, {**loaded.weights, INTERVALS: loaded.intervals})
