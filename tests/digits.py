"""Two classifiers of handwritten digits, trained with nothing but functions that derive exported."""

import numpy as np
from derived import cross_entropy_value_and_grad, linear_cross_entropy_value_and_grad, sigmoid, softplus
from sklearn.datasets import load_digits


def minimise(value_and_grad, start, rate, steps, tolerance=0.0):
    """Nesterov's accelerated gradient, begun anew where it overshoots; the parameters, and the loss of each step."""
    now, ahead, t, losses = start, start, 1.0, []
    while len(losses) < steps:
        loss, slopes = value_and_grad(ahead)
        losses.append(float(loss))
        if sum(np.sum(slope**2) for slope in slopes) < tolerance**2:
            break
        new = [p - rate * slope for p, slope in zip(ahead, slopes, strict=True)]
        overshot = sum(np.sum((p - q) * (q - r)) for p, q, r in zip(ahead, new, now, strict=True)) > 0
        t = 1.0 if overshot else t
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        ahead = [q + (t - 1) / following * (q - r) for q, r in zip(new, now, strict=True)]
        now, t = new, following
    return now, losses


def softmax_regression(X, labels, penalty):
    """A linear layer, with half the penalty times the squared weights added to the mean loss."""

    def value_and_grad(parameters):
        W, b = parameters
        loss, dW, db = linear_cross_entropy_value_and_grad(X, W, b, labels)
        return loss + penalty / 2 * np.sum(W**2), [dW + penalty * W, db]

    steepest = np.linalg.norm(np.c_[X, np.ones(len(X))], 2) ** 2 / (2 * len(X)) + penalty
    return minimise(value_and_grad, [np.zeros((X.shape[1], 10)), np.zeros(10)], 1 / steepest, 5000, 1e-6)


def two_layers(X, labels, hidden=32, rate=0.2, steps=400):
    """A network with one hidden layer, whose units are softplus and whose slopes are therefore sigmoid."""

    def value_and_grad(parameters):
        V, a, W, b = parameters
        inner = X @ V + a
        units = softplus(inner)
        loss, dz = cross_entropy_value_and_grad(units @ W + b, labels)
        inward = dz @ W.T * sigmoid(inner)
        return loss, [X.T @ inward, inward.sum(axis=0), units.T @ dz, dz.sum(axis=0)]

    random = np.random.default_rng(0)
    V, W = random.normal(0, 0.2, (X.shape[1], hidden)), random.normal(0, 0.2, (hidden, 10))
    return minimise(value_and_grad, [V, np.zeros(hidden), W, np.zeros(10)], rate, steps)


if __name__ == "__main__":
    X, labels = load_digits(return_X_y=True)
    for train in (lambda: softmax_regression(X / 16, labels, 1 / len(X)), lambda: two_layers(X / 16, labels)):
        parameters, losses = train()
        print(f"loss {losses[0]:.4f} -> {losses[-1]:.9f} in {len(losses)} steps")
