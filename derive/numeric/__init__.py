"""Numbers for formulas: points, a reference at any precision, and gradient checks in floating point."""
