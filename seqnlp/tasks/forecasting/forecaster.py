"""From a model folder to a forecaster that is ready to use, in any engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from seqnlp.arrays import FloatArray
from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.inputs import InputTransform, fit_scale
from seqnlp.data.series.parts import Series
from seqnlp.data.series.scale import Scaler
from seqnlp.errors import DataError, listed
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.forecaster import GraphForecaster
from seqnlp.networks.graph import Array
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.networks.shapes import forecaster_shapes
from seqnlp.saved_weights import refuse_unfit, take_numbers, with_weights
from seqnlp.tasks.forecasting.adaptive_intervals import AdaptiveIntervals
from seqnlp.tasks.forecasting.facts import (
    INTERVALS,
    LEVELS,
    SERIES_INTERVALS,
    SeriesFacts,
    num_inputs_of,
    reading_of,
    saved_facts,
)
from seqnlp.tasks.forecasting.many import EmbeddedSeries, ManySeries


@dataclass(frozen=True)
class LoadedForecaster:
    """A forecaster of a series, ready to use; or of several, of which :meth:`of` takes one.

    Attributes:
        network: says what comes next.
        weights: of the network, by name.
        settings: those of the model.
        facts: of the series; of a model of several, what they share.
        intervals: (levels, J, C) half widths on the transformed scale; infinite where dev was too short. Of several
            series, those of a series that training never saw, in its deviations.
        data: how series are read.
        many: what a model of several series knows of each.
    """

    network: ForecasterNetwork
    weights: dict[str, Array]
    settings: ForecasterConfig
    facts: SeriesFacts
    intervals: FloatArray
    data: SeriesDataConfig
    many: ManySeries | None = None

    @property
    def series(self) -> tuple[str, ...]:
        """The series that training saw; one that has no name is the empty text."""
        return tuple(self.many.facts) if self.many else ("",)

    def of(self, name: str, given: Series | None = None) -> LoadedForecaster:
        """The forecaster of one series, which reads its rows on its scale; of a model of one series that model.

        Args:
            given: of a series that training never saw: the rows that say its scale.

        Raises:
            DataError: training never saw the series and no rows are given, or they have no scale.
        """
        many = self.many
        if many is None:
            return self
        place = many.place(name)
        if place is not None:
            facts, intervals = many.facts[name], many.intervals[place]
        elif given is not None:
            scaler = fit_scale(self.reading, given, "a series that training never saw has the scale of its own rows")
            facts, intervals = replace(self.facts, scaler=scaler), self.intervals * scaler.deviation
        else:
            raise DataError(
                f"expected one of the series of training ({listed(self.series)}), found '{name}'; the scale of another "
                "one is told by a file of its rows"
            )
        embedding = many.embedding(place)
        network = EmbeddedSeries(self.network, embedding) if len(embedding) else self.network
        return replace(self, network=network, facts=facts, intervals=intervals, many=None)

    @property
    def adaptive_intervals(self) -> AdaptiveIntervals:
        """How its intervals follow the series."""
        return AdaptiveIntervals(self.intervals, LEVELS, self.settings.follow)

    @property
    def reading(self) -> InputTransform:
        """How values become inputs."""
        return reading_of(self.settings)


def forecaster_from_bundle(
    bundle: Bundle, engine: str = "auto", device: str = "cpu", threads: int = 0
) -> LoadedForecaster:
    """Rebuild the forecaster of a model folder.

    Args:
        engine, device: see :func:`~seqnlp.networks.engine.choose_engine`.
        threads: see :func:`~seqnlp.networks.engine.make_network`.

    Raises:
        RunError: another task's model, a missing or unknown key, or weights that do not fit the settings.
        SeqnlpError: the engine is not installed, or does not compute on the device.
    """
    engine = choose_engine(engine, device)
    saved, weights = bundle.settings_of("forecasting", "a forecaster"), dict(bundle.weights)
    older = {"linear": "trained", "follow": 0.0, "series_dim": 0}  # models of older versions do not say
    settings, data = saved.section("model", ForecasterConfig, **older), saved.section("data", SeriesDataConfig)
    saved.end("about")
    told = bundle.facts
    every = saved_facts(told)
    facts, path = next(iter(every.values())), bundle.folder / TENSORS
    columns, many = len(facts.names), None
    if "" not in every:
        embeddings = np.zeros((len(every), 0))
        if settings.series_dim:
            embeddings = told.table("embeddings", len(every), settings.series_dim)
        widths = take_numbers(weights, SERIES_INTERVALS, path, len(every), len(LEVELS), settings.horizon, columns)
        many = ManySeries(every, embeddings, widths)
        facts = replace(facts, scaler=Scaler(np.zeros(columns), np.ones(columns)))
    intervals = take_numbers(weights, INTERVALS, path, len(LEVELS), settings.horizon, columns)  # (levels, J, C)
    data.value_columns = ", ".join(facts.names)
    network: ForecasterNetwork
    if engine == "torch":
        from seqnlp.models.as_network import torch_device, use_threads
        from seqnlp.models.series_as_network import TorchForecaster
        from seqnlp.tasks.forecasting.model import build_forecaster

        use_threads(threads)
        model = with_weights(lambda: build_forecaster(settings, columns), weights, path)
        network = TorchForecaster(model.to(torch_device(device)))
    else:
        inputs = num_inputs_of(settings, columns)
        refuse_unfit(partial(forecaster_shapes, settings, inputs, columns), weights, path)
        network = GraphForecaster(settings, weights, columns, partial(make_network, engine=engine, threads=threads))
    return LoadedForecaster(network, weights, settings, facts, intervals, data, many)
