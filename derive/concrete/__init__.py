"""Formulas at a chosen size as SymPy expressions, and SymPy expressions as formulas: the second opinion."""
