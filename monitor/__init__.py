"""Run, show, report: command line, settings, composition root, roles, metrics, web board, demo."""
