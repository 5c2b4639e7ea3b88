"""The language: event types, codec, ids, time, and the port to the log.

Re-exports the contract, ids, span and errors only: whoever opens a log or owns a clock names its module.
"""

from events import contract, errors, ids, span

__all__ = ["contract", "errors", "ids", "span"]
