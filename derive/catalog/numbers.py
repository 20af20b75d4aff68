"""Worked numbers: what a reader can follow with a pocket calculator."""

from derive.background import Background
from derive.catalog.cross_entropy import shannon
from derive.catalog.softmax import K, i, k
from derive.derivation import Derivation, Step
from derive.formula.notation import *
from derive.rules import algebra, by_value, cancel, definition, rounding

background = Background(
    "The base of the logarithm is the unit: Shannon (1948) calls it bits for base 2 and natural units for base $e$, "
    r"nats for short. A loss of 0.7765 nats is about 1.12 bits, and a guess among three equal classes costs $\log 3$, "
    "about 1.0986 nats. In a training loop these are the numbers to expect: a classifier that knows nothing yet "
    r"begins near $\log K$.",
    [shannon],
)

logits = define("z", listed(K, decimal("1.2"), decimal("0.9"), decimal("0.4")))
e1, e2, e3 = (exp(decimal(digits)) for digits in ("1.2", "0.9", "0.4"))

y = define("y", i, exp(logits[i]) / Sum(k, exp(logits[k])))

softmax_of_numbers = Derivation(
    "softmax-of-numbers",
    y,
    Step(
        listed(K, e1 / (e1 + e2 + e3), e2 / (e1 + e2 + e3), e3 / (e1 + e2 + e3)),
        by=by_value,
        because="$z = (1.2, 0.9, 0.4)$",
    ),
    Step(listed(K, decimal("0.457"), decimal("0.338"), decimal("0.205")), by=rounding, relation="≈"),
    sizes={K: 3},
    title="Softmax of three numbers",
    about="The numbers as rounded add up to 1 as well; that is luck.",
)

label = define("t", listed(K, 1, 0, 0))
other_label = define("t", listed(K, 0, 1, 0))
p = define("p", listed(K, decimal("0.46"), decimal("0.34"), decimal("0.20")))
loss = define("L", -Sum(k, label[k] * log(p[k])))
other_loss = define("L", -Sum(k, other_label[k] * log(p[k])))

log_loss = Derivation(
    "log-loss-of-numbers",
    loss,
    Step(-Sum(k, label[k] * log(p[k])), by=definition(loss)),
    Step(
        -(1 * log(decimal("0.46")) + 0 * log(decimal("0.34")) + 0 * log(decimal("0.20"))),
        by=by_value,
        because="$t = (1, 0, 0)$",
    ),
    Step(-log(decimal("0.46")), by=algebra),
    Step(decimal("0.7765"), by=rounding, relation="≈"),
    sizes={K: 3},
    title="Cross-entropy where the likeliest class is right",
    about="A probability of 0.46 for the right class costs 0.7765.",
)

other_log_loss = Derivation(
    "log-loss-of-numbers-second-class",
    other_loss,
    Step(-Sum(k, other_label[k] * log(p[k])), by=definition(other_loss)),
    Step(
        -(0 * log(decimal("0.46")) + 1 * log(decimal("0.34")) + 0 * log(decimal("0.20"))),
        by=by_value,
        because="$t = (0, 1, 0)$",
    ),
    Step(-log(decimal("0.34")), by=algebra),
    Step(decimal("1.0788"), by=rounding, relation="≈"),
    sizes={K: 3},
    title="Cross-entropy where the second class is right",
    about="The smaller probability, 0.34, costs more.",
)

twos = define("z", listed(K, 2, 2, 2, 2))
uniform = define("y", i, exp(twos[i]) / Sum(k, exp(twos[k])))
share = exp(2) / (exp(2) + exp(2) + exp(2) + exp(2))

softmax_uniform = Derivation(
    "softmax-uniform",
    uniform,
    Step(listed(K, share, share, share, share), by=by_value, because="$z = (2, 2, 2, 2)$"),
    Step(listed(K, *4 * [strike(exp(2)) / (4 * strike(exp(2)))]), by=algebra),
    Step(listed(K, *4 * [fraction(1, 4)]), by=cancel),
    sizes={K: 4},
    title="Softmax of four equal numbers",
    about="Four equal logits: a quarter each.",
)
