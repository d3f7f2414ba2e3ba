"""One module per ./dev command: add_arguments(parser) and run(options)."""
