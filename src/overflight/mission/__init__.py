"""The workflow: sites to working plan, working plan to what is handed over, and the demo."""
