"""The JSON results of the verbs, a file a family of them."""
