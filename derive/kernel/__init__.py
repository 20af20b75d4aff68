"""What is trusted: exact decisions on formulas, in integers and fractions alone.

Imports nothing of derive but the formulas.
"""
