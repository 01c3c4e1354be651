"""The graph of a detector, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.autoencoder import window_graph
from seqnlp.tasks.anomaly_detection.detector import CALIBRATION, detector_from_bundle
from seqnlp.tasks.exported import Exported, harmonics_note


def graphs(bundle: Bundle) -> Exported:
    """The graph of a model folder by its name, and what one must know to use it."""
    loaded = detector_from_bundle(bundle)
    settings, names = loaded.settings, loaded.names
    calendar = f"; `known` are harmonics of the calendar ({settings.calendar})" if settings.calendar_features else ""
    notes = (
        f"A window has {settings.window} rows of values ({', '.join(names)}), less `mean` and divided by `deviation` "
        f"of vocabulary.json{calendar}. The score of its last row is its error as a multiple of `baseline_error`, "
        f"which {'follows the errors' if settings.level_rows else 'stays'}; it is flagged above "
        f"{loaded.threshold(settings.false_alarms):.6g}. seqnlp computes this graph in double precision."
    )
    weights = {name: array for name, array in bundle.weights.items() if name != CALIBRATION}
    notes += harmonics_note(settings.calendar_features)
    return Exported({"detector": window_graph(settings, weights, len(names))}, notes)
