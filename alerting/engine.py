"""The alerting fold: states and root causes to incidents and notifications."""
