"""What floating point makes of formulas: the table of numeric checks, and computations that overflow."""
