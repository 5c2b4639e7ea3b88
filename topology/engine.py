"""The topology fold: step(state, event) -> events, next_due(state), freeze and thaw."""
