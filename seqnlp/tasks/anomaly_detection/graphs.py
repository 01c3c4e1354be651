"""The graph of a detector, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.autoencoder import window_graph
from seqnlp.tasks.anomaly_detection.detector import CALIBRATION, LoadedDetector, detector_from_bundle
from seqnlp.tasks.exported import Exported, harmonics_note


def graphs(bundle: Bundle) -> Exported:
    """The graph of a model folder by its name, and what one must know to use it."""
    loaded = detector_from_bundle(bundle)
    settings, names = loaded.settings, loaded.names
    calendar = f"; `known` are harmonics of the calendar ({settings.calendar})" if settings.calendar_features else ""
    of_series = ", those of its series" if loaded.many else ""
    notes = (
        f"A window has {settings.window} rows of values ({', '.join(names)}), less `mean` and divided by `deviation` "
        f"of vocabulary.json{of_series}{calendar}. The score of its last row is its error as a multiple of "
        f"`baseline_error`, which {'follows the errors' if settings.level_rows else 'stays'}; it is flagged above "
        f"{_thresholds(loaded)}. seqnlp computes this graph in double precision."
    )
    weights = {name: array for name, array in bundle.weights.items() if name != CALIBRATION}
    notes += harmonics_note(settings.calendar_features)
    return Exported({"detector": window_graph(settings, weights, len(names))}, notes)


def _thresholds(loaded: LoadedDetector) -> str:
    rate = loaded.settings.false_alarms
    if not loaded.many:
        return f"{loaded.threshold(rate):.6g}"
    return ", ".join(f"{loaded.of(name).threshold(rate):.6g} ({name})" for name in loaded.many)
