"""A model as one HTML file that anybody can open: JavaScript (``*.mjs``), style, template, and what joins them."""
