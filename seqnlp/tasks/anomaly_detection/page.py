"""What a page needs of an anomaly detector."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.errors import SeqnlpError
from seqnlp.page.file import PageModel
from seqnlp.tasks.anomaly_detection.detector import CALIBRATION, LoadedDetector, detector_from_bundle
from seqnlp.tasks.series_page import series_settings

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Of false alarms, beside the model's own, that a page offers where the calibration rows can promise them."""

_SETTINGS = ("cell", "window", "num_layers", "scored_rows", "level_rows")


def page_model(bundle: Bundle) -> PageModel:
    """The detector as data for JavaScript.

    Raises:
        RunError: the folder is no detector.
        SeqnlpError: its series have something that a page cannot read, or no rate of false alarms can be promised.
    """
    detector = detector_from_bundle(bundle)
    if detector.many:
        problem = f"a page reads one series, and this model reads {len(detector.many):,}"
        raise SeqnlpError(f"--page: {problem} (data.series_column); use `seqnlp detect`, or export --onnx")
    model = detector.settings
    settings = {
        **series_settings(detector.names, detector.data, detector.step, detector.known.scaler),
        "baseline_error": detector.known.baseline_error,
        "false_alarms": model.false_alarms,
        "thresholds": _thresholds(detector),
        "model": {**{name: getattr(model, name) for name in _SETTINGS}, "calendar": list(model.calendar_features)},
    }
    return PageModel(
        "anomaly_detector_page.mjs", settings, {**bundle.weights, CALIBRATION: detector.known.held_back.scores}
    )


def _thresholds(detector: LoadedDetector) -> list[tuple[float, float]]:
    """Rates and their thresholds, the lowest rate first; the model's own rate is one that must be possible."""
    own = detector.settings.false_alarms
    thresholds = {own: detector.threshold(own)}
    for rate in RATES:
        try:
            thresholds.setdefault(rate, detector.threshold(rate))
        except SeqnlpError:  # too few calibration rows for so low a rate
            continue
    return sorted(thresholds.items())
