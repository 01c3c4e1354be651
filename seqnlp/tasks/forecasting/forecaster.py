"""From a model folder to a forecaster that is ready to use, in any engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from seqnlp.arrays import FloatArray
from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.inputs import InputTransform
from seqnlp.networks.engine import choose_engine, make_network
from seqnlp.networks.forecaster import GraphForecaster
from seqnlp.networks.graph import Array
from seqnlp.networks.protocol import ForecasterNetwork
from seqnlp.networks.shapes import forecaster_shapes
from seqnlp.saved_weights import refuse_unfit, take_numbers, with_weights
from seqnlp.tasks.forecasting.adaptive_intervals import AdaptiveIntervals
from seqnlp.tasks.forecasting.facts import INTERVALS, LEVELS, SeriesFacts, reading_of, saved_facts


@dataclass(frozen=True)
class LoadedForecaster:
    """A forecaster, ready to use.

    Attributes:
        network: says what comes next.
        weights: of the network, by name.
        settings: those of the model.
        intervals: (levels, J, C) half widths on the transformed scale; infinite where dev was too short.
        data: how series are read.
    """

    network: ForecasterNetwork
    weights: dict[str, Array]
    settings: ForecasterConfig
    facts: SeriesFacts
    intervals: FloatArray
    data: SeriesDataConfig

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
    older = {"linear": "trained", "follow": 0.0}  # models of older versions do not say
    settings, data = saved.section("model", ForecasterConfig, **older), saved.section("data", SeriesDataConfig)
    saved.end("about")
    facts = saved_facts(bundle.facts)
    columns, path = len(facts.names), bundle.folder / TENSORS
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
        inputs = reading_of(settings).num_inputs(columns)
        refuse_unfit(partial(forecaster_shapes, settings, inputs, columns), weights, path)
        network = GraphForecaster(settings, weights, columns, partial(make_network, engine=engine, threads=threads))
    return LoadedForecaster(network, weights, settings, facts, intervals, data)
