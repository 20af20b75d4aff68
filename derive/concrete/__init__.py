"""Formulas at a chosen size: as SymPy expressions and back, as numbers at points, and the second opinion."""
