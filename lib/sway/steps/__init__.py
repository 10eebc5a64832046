"""The steps of a night, each joining stages, engine and runtime; jobs and the command line run them."""
