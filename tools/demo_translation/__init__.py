"""The grammar of recipe translation/demo; ``make_demo_translation.py`` writes its sentences."""
