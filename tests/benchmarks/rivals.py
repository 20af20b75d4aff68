"""What the exported module is measured beside: SciPy, PyTorch, JAX and Numba, each where it is installed.

`SciPy`, `Torch` and `Jax` answer to the names and arguments of the exported functions, so that one call serves all.
What a library lacks is written with what it has, as one would by hand: SciPy's cross-entropy is -log_softmax at the
label, its Jacobian y_i (δ_ij - y_j) of its softmax; PyTorch and JAX differentiate.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def load(path: Path) -> ModuleType:
    """The module in that file, whatever its folder."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def exported(path: Path, *arguments: str) -> ModuleType:
    """The module that `derive export` writes to `path`."""
    search = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "derive", "export", *arguments, "-o", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": search})
    return load(path)


def one_hot(labels: Any, like: Any) -> Any:
    """Class numbers as distributions in the type of the logits; distributions as they are."""
    return labels if labels.ndim == like.ndim else (labels[..., None] == np.arange(like.shape[-1])).astype(like.dtype)


class Rival:
    """A library, or the reason why it has no column."""

    name = ""
    module = ""

    def __init__(self) -> None:
        self.library: Any = importlib.import_module(self.module)
        self.version = str(self.library.__version__)


class SciPy(Rival):
    """scipy.special, and NumPy for the rest."""

    name = "SciPy"
    module = "scipy"

    def __init__(self) -> None:
        super().__init__()
        self.special: Any = importlib.import_module("scipy.special")

    def softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self.special.softmax(x / x.dtype.type(temperature), axis=-1)

    def log_softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self.special.log_softmax(x / x.dtype.type(temperature), axis=-1)

    def logsumexp(self, x: Any) -> Any:
        return self.special.logsumexp(x, axis=-1)

    def softmax_jacobian(self, x: Any) -> Any:
        y = self.softmax(x)
        return y[..., :, None] * (np.eye(x.shape[-1], dtype=x.dtype) - y[..., None, :])

    def softmax_jvp(self, x: Any, v: Any) -> Any:
        y = self.softmax(x)
        return y * (v - (y * v).sum(axis=-1, keepdims=True))

    softmax_vjp = softmax_jvp

    def cross_entropy_hvp(self, x: Any, labels: Any, v: Any, reduction: str = "sum") -> Any:
        return self.softmax_jvp(x, v)

    def cross_entropy(self, x: Any, labels: Any, **options: Any) -> Any:
        log_y = self.log_softmax(x, options.get("temperature", 1.0))
        if labels.ndim < x.ndim and not options.get("label_smoothing"):
            losses = -np.take_along_axis(log_y, labels[..., None], axis=-1)[..., 0]
        else:
            losses = -(self._smoothed(x, labels, options) * log_y).sum(axis=-1)
        return losses if options.get("weight") is None else losses * options["weight"][labels]

    def cross_entropy_grad(self, x: Any, labels: Any, **options: Any) -> Any:
        tau = x.dtype.type(options.get("temperature", 1.0))
        gradient = (self.softmax(x, tau) - self._smoothed(x, labels, options)) / tau
        if options.get("weight") is not None:
            gradient *= options["weight"][labels][..., None]
        return gradient / len(x) if options.get("reduction") == "mean" else gradient

    def _smoothed(self, x: Any, labels: Any, options: dict[str, Any]) -> Any:
        smoothing = x.dtype.type(options.get("label_smoothing", 0.0))
        return one_hot(labels, x) * (1 - smoothing) + smoothing / x.shape[-1]

    def sigmoid(self, x: Any) -> Any:
        return self.special.expit(x)

    def sigmoid_grad(self, x: Any) -> Any:
        s = self.special.expit(x)
        return s * (1 - s)

    def log_sigmoid(self, x: Any) -> Any:
        return self.special.log_expit(x)

    def softplus(self, x: Any) -> Any:
        return -self.special.log_expit(-x)

    def binary_cross_entropy(self, x: Any, t: Any, reduction: str) -> Any:
        return -t * self.special.log_expit(x) - (1 - t) * self.special.log_expit(-x)

    def binary_cross_entropy_grad(self, x: Any, t: Any, reduction: str) -> Any:
        return self.special.expit(x) - t


class Torch(Rival):
    """torch.nn.functional and autograd, on one thread."""

    name = "PyTorch"
    module = "torch"

    def __init__(self) -> None:
        super().__init__()
        self.library.set_num_threads(1)
        self.F: Any = importlib.import_module("torch.nn.functional")

    def _leaf(self, x: Any) -> Any:
        return self.library.from_numpy(x).requires_grad_()

    def _softmax(self, x: Any) -> Any:
        return self.F.softmax(x, -1)

    def softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self._softmax(self.library.from_numpy(x) / temperature).numpy()

    def log_softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self.F.log_softmax(self.library.from_numpy(x) / temperature, -1).numpy()

    def logsumexp(self, x: Any) -> Any:
        return self.library.logsumexp(self.library.from_numpy(x), -1).numpy()

    def softmax_jacobian(self, x: Any) -> Any:
        func = self.library.func
        return func.vmap(func.jacrev(self._softmax))(self.library.from_numpy(x)).numpy()

    def softmax_jvp(self, x: Any, v: Any) -> Any:
        x, v = self.library.from_numpy(x), self.library.from_numpy(v)
        return self.library.func.jvp(self._softmax, (x,), (v,))[1].numpy()

    def softmax_vjp(self, x: Any, g: Any) -> Any:
        z = self._leaf(x)
        return self.library.autograd.grad(self._softmax(z), z, self.library.from_numpy(g))[0].numpy()

    def _losses(self, z: Any, labels: Any, options: dict[str, Any]) -> Any:
        weight = options.get("weight")
        return self.F.cross_entropy(
            z if options.get("temperature") is None else z / options["temperature"],
            self.library.from_numpy(labels),
            weight=None if weight is None else self.library.from_numpy(weight),
            reduction=options.get("reduction", "mean"),
            label_smoothing=options.get("label_smoothing", 0.0),
        )

    def cross_entropy(self, x: Any, labels: Any, **options: Any) -> Any:
        return self._losses(self.library.from_numpy(x), labels, options).numpy()

    def cross_entropy_grad(self, x: Any, labels: Any, **options: Any) -> Any:
        z = self._leaf(x)
        return self.library.autograd.grad(self._losses(z, labels, options), z)[0].numpy()

    def cross_entropy_hvp(self, x: Any, labels: Any, v: Any, reduction: str = "sum") -> Any:
        z = self._leaf(x)
        loss = self._losses(z, labels, {"reduction": "sum"})
        (gradient,) = self.library.autograd.grad(loss, z, create_graph=True)
        return self.library.autograd.grad(gradient, z, self.library.from_numpy(v))[0].numpy()

    def sigmoid(self, x: Any) -> Any:
        return self.library.sigmoid(self.library.from_numpy(x)).numpy()

    def sigmoid_grad(self, x: Any) -> Any:
        z = self._leaf(x)
        return self.library.autograd.grad(self.library.sigmoid(z).sum(), z)[0].numpy()

    def log_sigmoid(self, x: Any) -> Any:
        return self.F.logsigmoid(self.library.from_numpy(x)).numpy()

    def softplus(self, x: Any) -> Any:
        return self.F.softplus(self.library.from_numpy(x)).numpy()

    def _binary(self, z: Any, t: Any, reduction: str) -> Any:
        return self.F.binary_cross_entropy_with_logits(z, self.library.from_numpy(t), reduction=reduction)

    def binary_cross_entropy(self, x: Any, t: Any, reduction: str) -> Any:
        return self._binary(self.library.from_numpy(x), t, reduction).numpy()

    def binary_cross_entropy_grad(self, x: Any, t: Any, reduction: str) -> Any:
        z = self._leaf(x)
        return self.library.autograd.grad(self._binary(z, t, reduction), z)[0].numpy()

    def timed(self, what: str, x: Any, labels: Any) -> Callable[[], Any] | None:
        """The function on a tensor that is there before the clock starts."""
        z = self.library.from_numpy(x)
        y = self.library.from_numpy(labels)

        def loss_and_gradient() -> Any:
            leaf = z.detach().requires_grad_()
            loss = self.F.cross_entropy(leaf, y)
            loss.backward()
            return loss, leaf.grad

        return {
            "cross_entropy": loss_and_gradient,
            "softmax": lambda: self.F.softmax(z, -1),
            "log_softmax": lambda: self.F.log_softmax(z, -1),
            "sigmoid": lambda: self.library.sigmoid(z),
        }[what]


class Jax(Rival):
    """jax.nn and its derivatives, compiled, in the type of the logits, on one thread."""

    name = "JAX"
    module = "jax"

    def __init__(self) -> None:
        os.environ.setdefault(
            "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )  # read when JAX is imported
        super().__init__()
        jax = self.library
        jax.config.update("jax_enable_x64", True)
        self.np: Any = importlib.import_module("jax.numpy")
        summed, binary = self._summed, self._binary
        self.compiled: dict[str, Any] = {
            name: jax.jit(function)
            for name, function in {
                "softmax": lambda x, tau: jax.nn.softmax(x / tau, -1),
                "log_softmax": lambda x, tau: jax.nn.log_softmax(x / tau, -1),
                "logsumexp": lambda x: jax.nn.logsumexp(x, -1),
                "jacobian": jax.vmap(jax.jacrev(jax.nn.softmax)),
                "jvp": lambda x, v: jax.jvp(jax.nn.softmax, (x,), (v,))[1],
                "vjp": lambda x, g: jax.vjp(jax.nn.softmax, x)[1](g)[0],
                "losses": self._losses,
                "gradient": jax.grad(summed),
                "hvp": lambda x, y, v: jax.jvp(jax.grad(lambda z: summed(z, y, None, None, None)), (x,), (v,))[1],
                "sigmoid": jax.nn.sigmoid,
                "sigmoid_grad": jax.grad(lambda x: jax.nn.sigmoid(x).sum()),
                "log_sigmoid": jax.nn.log_sigmoid,
                "softplus": jax.nn.softplus,
                "binary": binary,
                "binary_grad": jax.grad(lambda x, t: binary(x, t).sum()),
            }.items()
        }

    def _losses(self, x: Any, labels: Any, weight: Any, smoothing: Any, tau: Any) -> Any:
        log_y = self.library.nn.log_softmax(x if tau is None else x / tau, -1)
        if labels.ndim < x.ndim and smoothing is None:
            losses = -self.np.take_along_axis(log_y, labels[..., None], -1)[..., 0]
        else:
            hot = labels.ndim < x.ndim
            t = self.library.nn.one_hot(labels, x.shape[-1], dtype=x.dtype) if hot else labels
            losses = -((t if smoothing is None else t * (1 - smoothing) + smoothing / x.shape[-1]) * log_y).sum(-1)
        return losses if weight is None else losses * weight[labels]

    def _summed(self, x: Any, labels: Any, weight: Any, smoothing: Any, tau: Any) -> Any:
        return self._losses(x, labels, weight, smoothing, tau).sum()

    def _binary(self, x: Any, t: Any) -> Any:
        nn = self.library.nn
        return -t * nn.log_sigmoid(x) - (1 - t) * nn.log_sigmoid(-x)

    def _array(self, name: str, *arguments: Any) -> Any:
        return np.asarray(self.compiled[name](*arguments))

    def softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self._array("softmax", x, temperature)

    def log_softmax(self, x: Any, temperature: float = 1.0) -> Any:
        return self._array("log_softmax", x, temperature)

    def logsumexp(self, x: Any) -> Any:
        return self._array("logsumexp", x)

    def softmax_jacobian(self, x: Any) -> Any:
        return self._array("jacobian", x)

    def softmax_jvp(self, x: Any, v: Any) -> Any:
        return self._array("jvp", x, v)

    def softmax_vjp(self, x: Any, g: Any) -> Any:
        return self._array("vjp", x, g)

    def cross_entropy(self, x: Any, labels: Any, **options: Any) -> Any:
        given = [options.get(name) for name in ("weight", "label_smoothing", "temperature")]
        return self._array("losses", x, labels, *given)

    def cross_entropy_grad(self, x: Any, labels: Any, **options: Any) -> Any:
        given = [options.get(name) for name in ("weight", "label_smoothing", "temperature")]
        gradient = self._array("gradient", x, labels, *given)
        return gradient / len(x) if options.get("reduction") == "mean" else gradient

    def cross_entropy_hvp(self, x: Any, labels: Any, v: Any, reduction: str = "sum") -> Any:
        return self._array("hvp", x, labels, v)

    def sigmoid(self, x: Any) -> Any:
        return self._array("sigmoid", x)

    def sigmoid_grad(self, x: Any) -> Any:
        return self._array("sigmoid_grad", x)

    def log_sigmoid(self, x: Any) -> Any:
        return self._array("log_sigmoid", x)

    def softplus(self, x: Any) -> Any:
        return self._array("softplus", x)

    def binary_cross_entropy(self, x: Any, t: Any, reduction: str) -> Any:
        return self._array("binary", x, t)

    def binary_cross_entropy_grad(self, x: Any, t: Any, reduction: str) -> Any:
        return self._array("binary_grad", x, t)

    def timed(self, what: str, x: Any, labels: Any) -> Callable[[], Any] | None:
        """The function on an array that is there before the clock starts, until the result is there."""
        jax = self.library
        z, y = self.np.asarray(x), self.np.asarray(labels)
        function = jax.jit(
            {
                "cross_entropy": jax.value_and_grad(lambda z, y: self._losses(z, y, None, None, None).mean()),
                "softmax": lambda z, y: jax.nn.softmax(z, -1),
                "log_softmax": lambda z, y: jax.nn.log_softmax(z, -1),
                "sigmoid": lambda z, y: jax.nn.sigmoid(z),
            }[what]
        )
        return lambda: jax.block_until_ready(function(z, y))


def _rows_softmax(x: Any, out: Any) -> None:
    for n in range(x.shape[0]):
        largest = x[n, 0]
        for k in range(x.shape[1]):
            largest = max(largest, x[n, k])
        total = x.dtype.type(0)
        for k in range(x.shape[1]):
            out[n, k] = np.exp(x[n, k] - largest)
            total += out[n, k]
        for k in range(x.shape[1]):
            out[n, k] /= total


def _rows_log_softmax(x: Any, out: Any) -> None:
    for n in range(x.shape[0]):
        largest = x[n, 0]
        for k in range(x.shape[1]):
            largest = max(largest, x[n, k])
        total = x.dtype.type(0)
        for k in range(x.shape[1]):
            total += np.exp(x[n, k] - largest)
        inverse = largest + np.log(total)
        for k in range(x.shape[1]):
            out[n, k] = x[n, k] - inverse


def _rows_cross_entropy(x: Any, labels: Any, out: Any) -> Any:
    loss = 0.0
    for n in range(x.shape[0]):
        largest = x[n, 0]
        for k in range(x.shape[1]):
            largest = max(largest, x[n, k])
        total = x.dtype.type(0)
        for k in range(x.shape[1]):
            out[n, k] = np.exp(x[n, k] - largest)
            total += out[n, k]
        loss += np.log(total) + largest - x[n, labels[n]]
        scale = 1 / (total * x.shape[0])
        for k in range(x.shape[1]):
            out[n, k] *= scale
        out[n, labels[n]] -= x.dtype.type(1) / x.shape[0]
    return loss / x.shape[0]


def _each_sigmoid(x: Any, out: Any) -> None:
    for n in range(x.shape[0]):
        for k in range(x.shape[1]):
            out[n, k] = 1 / (1 + np.exp(-x[n, k]))


class Numba(Rival):
    """Loops compiled by Numba, without parallelism."""

    name = "Numba"
    module = "numba"

    def __init__(self) -> None:
        super().__init__()
        self.compiled: dict[str, Any] = {
            name: self.library.njit(function)
            for name, function in {
                "cross_entropy": _rows_cross_entropy,
                "softmax": _rows_softmax,
                "log_softmax": _rows_log_softmax,
                "sigmoid": _each_sigmoid,
            }.items()
        }

    def timed(self, what: str, x: Any, labels: Any) -> Callable[[], Any] | None:
        """The compiled loops, into an array that is there before the clock starts."""
        out, function = np.empty_like(x), self.compiled[what]
        if what == "cross_entropy":
            return lambda: function(x, labels, out)
        return lambda: function(x, out)


def installed(*wanted: type[Rival]) -> dict[str, Any]:
    """The libraries by their names, None for those that are not installed."""
    found: dict[str, Any] = {}
    for kind in wanted:
        try:
            found[kind.name] = kind()
        except ImportError:
            found[kind.name] = None
    return found


def versions(rivals: dict[str, Any]) -> str:
    """Python, NumPy and the libraries, and which of them are missing."""
    said = [f"Python {sys.version.split()[0]}", f"NumPy {np.__version__}"]
    for name, rival in rivals.items():
        said.append(f"{name} {rival.version}" if rival else f"{name} not installed")
    return ", ".join(said)


def marked(kept: bool) -> str:
    """✓ or ✗."""
    return "✓" if kept else "✗"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
