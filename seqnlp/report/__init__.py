"""How results are shown: one report for a terminal, as a page and as JSON; tables and drawings."""
