"""The formats that tools for annotation and data sets use, one a module, read as text with entities or words with tags.

``recognise.py`` tells which format a file has, ``readers.py`` reads any of them, ``writers.py`` writes them.
"""
