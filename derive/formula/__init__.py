"""What is written: formulas as an immutable tree that nothing simplifies, re-orders or merges."""
