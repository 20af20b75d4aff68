"""Real classifiers trained with nothing but exported functions reach the loss that scikit-learn reaches."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive.export import module_source

pytestmark = pytest.mark.no_cover  # a campaign: what it runs is covered by the tests of each module

HERE = Path(__file__).resolve().parent


def loaded(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def linear_model() -> Any:
    """Scikit-learn's; loaded by the one worker that compares with it."""
    return pytest.importorskip("sklearn.linear_model", reason="scikit-learn is not installed")


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory, linear_model: Any) -> Any:
    """The example, which imports the exported module by its name."""
    exported = tmp_path_factory.mktemp("export") / "derived.py"
    exported.write_text(module_source((), "test"), encoding="utf-8")
    try:
        loaded("derived", exported)
        yield loaded("digits", HERE / "digits.py")
    finally:
        sys.modules.pop("derived", None)
        sys.modules.pop("digits", None)


@pytest.fixture(scope="module")
def data(digits: Any) -> tuple[Any, Any]:
    X, labels = digits.load_digits(return_X_y=True)
    return X / 16, labels


def test_softmax_regression_reaches_the_loss_of_scikit_learn(
    digits: Any, data: tuple[Any, Any], linear_model: Any
) -> None:
    X, labels = data
    theirs = linear_model.LogisticRegression(C=1, tol=1e-10, max_iter=10000).fit(X, labels)
    log_y = theirs.predict_log_proba(X)
    their_loss = -np.mean(log_y[np.arange(len(X)), labels]) + np.sum(theirs.coef_**2) / (2 * len(X))
    _, losses = digits.softmax_regression(X, labels, 1 / len(X))
    assert losses[0] == pytest.approx(np.log(10), abs=1e-12)
    assert abs(losses[-1] - their_loss) < 1e-6


def test_two_layers_fit_what_one_cannot(digits: Any, data: tuple[Any, Any]) -> None:
    X, labels = data
    (V, a, W, b), losses = digits.two_layers(X, labels)
    predicted = np.argmax(digits.softplus(X @ V + a) @ W + b, axis=1)
    assert losses[-1] < 0.002
    assert np.mean(predicted == labels) == 1
