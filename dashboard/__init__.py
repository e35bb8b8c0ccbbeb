"""The dashboard: one view a question, drawn from answers."""
