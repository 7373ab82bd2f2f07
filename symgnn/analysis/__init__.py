"""Claims about explained barriers, each with its control: cycles of important edges, reach, stability."""
