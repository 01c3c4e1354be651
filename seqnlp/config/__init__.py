"""The configuration: plain dataclasses, every field with its meaning, unit and range.

YAML files, recipes and command-line overrides are merged elsewhere (compose/); here a nested dictionary becomes the
``Config`` of its task, and ``reading.read_config`` reports every unknown key, wrong type, value out of range and
impossible combination at once, before any data is read. Nothing above this floor sees a dictionary or a Hydra object.
"""
