"""The graph of a forecaster, for the runtimes of other languages."""

from __future__ import annotations

from seqnlp.bundle import Bundle
from seqnlp.networks.forecaster import rows_graph
from seqnlp.tasks.exported import Exported, harmonics_note
from seqnlp.tasks.forecasting.forecaster import LoadedForecaster, forecaster_from_bundle


def graphs(bundle: Bundle) -> Exported:
    """The graph of a model folder by its name, and what one must know to use it."""
    loaded = forecaster_from_bundle(bundle, "numpy")
    settings, names = loaded.settings, loaded.facts.names
    season = f" less those of {settings.season} rows before" if loaded.reading.season else ""
    calendar = f", then harmonics of the calendar ({settings.calendar})" if settings.calendar_features else ""
    transform = "values" if settings.transform == "none" else f"the {settings.transform} of values"
    notes = (
        f"A row of `rows` holds {transform}{season}, less `mean` and divided by `deviation` of vocabulary.json, in the "
        f"order of its columns ({', '.join(names)}){calendar}. `forecasts` are on that scale. The first states are "
        f"zeros; of `last`, and of the `lags` of a fitted linear part, they are NaN. `new_X` is the next `X`."
    )
    notes += harmonics_note(settings.calendar_features) + _of_series(loaded)
    return Exported({"forecaster": rows_graph(settings, loaded.weights, len(names))}, notes)


def _of_series(loaded: LoadedForecaster) -> str:
    """What one must know of a model of several series."""
    if not loaded.many:
        return ""
    scales = " `mean` and `deviation` have a row for each of `series`, in that order."
    width = loaded.settings.series_dim
    if not width:
        return scales
    where = "its row of `embeddings` there (of a series that training never saw, the mean of all)"
    return f"{scales} The last {width} numbers of a row are the embedding of its series: {where}."
