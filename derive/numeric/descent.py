# mypy: allow-untyped-defs, allow-untyped-calls
"""Points in the plane and gradient descent on them, as pages print it: no types, so that it reads as in a textbook."""

import numpy as np


def clouds(sizes):
    """Points spread normally around a centre for each class, and their classes."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    centre = 2 * np.pi * labels / len(sizes) + np.pi / 6
    share = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
    radius = 0.8 * np.sqrt(-2 * np.log(share))
    angle = np.pi * (np.sqrt(5) - 1) * np.arange(1, len(labels) + 1)
    x = np.cos(centre) + radius * np.cos(angle)
    y = np.sin(centre) + radius * np.sin(angle)
    return np.round(np.stack([x, y], axis=1), 2), labels


def softmax_regression(value_and_grad, X, labels, rate, steps):
    """Descent from weights 0: at each step the weights, the loss and its gradients."""
    W, b = np.zeros((2, max(labels) + 1)), np.zeros(max(labels) + 1)
    for _ in range(steps + 1):
        loss, dW, db = value_and_grad(X, W, b, labels)
        yield W, b, loss, dW, db
        W, b = W - rate * dW, b - rate * db


def logistic_regression(value_and_grad, X, labels, rate, steps):
    """Descent from weights 0: at each step the weights, the loss and its gradients."""
    w, b = np.zeros(2), 0.0
    for _ in range(steps + 1):
        loss, residual = value_and_grad(X @ w + b, labels)
        dw, db = X.T @ residual, residual.sum()
        yield w, b, loss, dw, db
        w, b = w - rate * dw, b - rate * db
