"""``seqnlp data convert IN OUT``: labelled text from one format to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.output_file import check_output_file

if TYPE_CHECKING:
    from seqnlp.config.tagging import DataConfig

_SCHEMES = ("iob1", "iob2", "bioes", "bilou", "none")


def convert_file(names: Sequence[str], form: str, scheme: str | None, offsets: str, say: Callable[[str], None]) -> int:
    """Read IN as the settings among the names say, write OUT, tell what was done.

    Raises:
        SeqnlpError: not two names, a wrong setting or format, or a file that cannot be read or written.
    """
    from seqnlp.data.convert import convert, output_format
    from seqnlp.data.sources import split_format
    from seqnlp.errors import SeqnlpError, did_you_mean
    from seqnlp.tasks.tagging.tokenizer_for_spans import tokenizer_for_spans
    from seqnlp.text.formats.readers import TEXT_FORMATS
    from seqnlp.text.formats.writers import WORD_WRITERS
    from seqnlp.text.tokenize import AUTO

    settings = [name for name in names if name.startswith("data.") and "=" in name]
    files = [name for name in names if name not in settings]
    if len(files) != 2:
        raise SeqnlpError(f"expected `seqnlp data convert IN OUT [data.KEY=VALUE ...]`, found {len(files)} names")
    if scheme and scheme not in _SCHEMES:
        close = did_you_mean(scheme, _SCHEMES)
        raise SeqnlpError(f"--scheme: expected one of {', '.join(_SCHEMES)}, found '{scheme}'{close}")
    config, out = _settings(settings, files[0]), Path(files[1])
    form = output_format(form, out)
    if form != "brat":
        check_output_file(out, "OUT", [files[0]])
    if form in WORD_WRITERS and config.tokenizer == AUTO and split_format(config, "train") in TEXT_FORMATS:
        config.tokenizer = tokenizer_for_spans(config, say)
    examples, entities = convert(config, out, form, scheme or config.scheme, offsets, say)
    counted = (
        f"{examples:,} {'text' if examples == 1 else 'texts'}, {entities:,} {'entity' if entities == 1 else 'entities'}"
    )
    say(f"{out}: {counted} as {form}")
    return 0


def _settings(lines: Sequence[str], source: str) -> DataConfig:
    """The settings of the data, with IN as the training split."""
    import yaml

    from seqnlp.config.schema import read_section
    from seqnlp.config.tagging import DataConfig
    from seqnlp.errors import ConfigError
    from seqnlp.text.files import open_bytes

    raw: dict[str, Any] = {}
    for line in lines:
        key, _, value = line.removeprefix("data.").partition("=")
        try:
            raw[key] = yaml.safe_load(value) if value else ""
        except yaml.YAMLError:
            raw[key] = value
        if raw[key] is None or isinstance(raw[key], list | dict):
            raw[key] = value
    for key in ("train", "dev", "test"):
        if key in raw:
            raise ConfigError([f"data.{key}: IN names the file"])
    if raw.get("partial"):
        raise ConfigError(["data.partial: only what is known for sure is converted; leave such sentences out of IN"])
    config = read_section(DataConfig, {**raw, "train": source}, "data.")
    if not config.hub:  # there IN is a split
        config.train = str(Path(source).expanduser().absolute())
        if not Path(config.train).is_dir():
            with open_bytes(config.train):
                pass
    return config
