"""The pages, the stream of changes and the HTTP interface."""
