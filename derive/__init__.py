"""Written derivations: one authored chain, proved, printed and compiled."""
