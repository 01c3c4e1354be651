"""Examples that a program holds - lists, tables, data sets, iterators - written as the files that every run reads.

So a run from Python is a run like any other: its data are beside it, and it can be resumed, evaluated and moved. What
writes a task's examples, found through task_table.py, is given the examples (any iterable; it is read once), what they
are called in messages, and the settings by dotted name, which may name columns. It gives a ``WrittenSplit``, or raises
a ``DataError`` that says which example is not as the task needs it.
"""
