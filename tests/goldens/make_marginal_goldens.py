"""Maximum marginal likelihood, computed independently of the library, for the tests of tests/Nmf.Tests/MarginalLikelihood.

Trajectories of variational expectation-maximisation from given starts (Dikmen and Fevotte 2011, 2012), special functions
as SciPy has them, and likelihoods of tiny problems that are exact: activations are integrated out in closed form by
summing over all ways to share the counts between components (Filstroff, Lumbreras and Fevotte 2018).

Run:  python3 make_marginal_goldens.py > marginal.json      (made with numpy 1.24, scipy 1.10)
"""
import itertools
import json
import math

import numpy as np
from scipy.integrate import dblquad
from scipy.special import digamma, gammaln, kve

F, N, K = 6, 8, 3
V = np.array([[1 + (7 * f + 13 * n + 3 * f * n) % 17 for n in range(N)] for f in range(F)], float)
W0 = np.array([[0.5 + ((3 * f + 5 * k + f * k) % 7) / 7 for k in range(K)] for f in range(F)])
H0 = np.array([[0.5 + ((2 * k + 3 * n + k * n) % 5) / 5 for n in range(N)] for k in range(K)])


def poisson(alpha, iterations):
    """q(h) = Gamma(a, b) from a = 4 H0 and b = 1 + column sums of W0."""
    w, a, beta = W0.copy(), 4 * H0, np.ones(K)
    b = beta + w.sum(0)
    rows = []
    for i in range(iterations + 1):
        if i > 0:
            g = np.exp(digamma(a)) / b[:, None]
            a = alpha + g * (w.T @ (V / (w @ g)))
            b = beta + w.sum(0)
            g = np.exp(digamma(a)) / b[:, None]
            e = (a / b[:, None]).sum(1)
            w = w * ((V / (w @ g)) @ g.T) / e
            beta = alpha * N / e
        log = digamma(a) - np.log(b)[:, None]
        mean = a / b[:, None]
        bound = ((V * np.log(w @ np.exp(log)) - gammaln(V + 1)).sum() - (w @ mean).sum()
                 + (alpha * np.log(beta)[:, None] - gammaln(alpha) + (alpha - 1) * log - beta[:, None] * mean).sum()
                 + (a - np.log(b)[:, None] + gammaln(a) + (1 - a) * digamma(a)).sum())
        rows.append({"objective": -bound, "dictionary": w.ravel().tolist(), "rates": beta.tolist()})
    return {"shape": alpha, "iterations": rows}


def moments(alpha, rho, tau):
    """E[h], 1 / E[1 / h] and the logarithm of the normaliser of GIG(alpha, rho, tau)."""
    x = 2 * np.sqrt(rho * tau)
    k = kve(alpha, x)
    e = np.sqrt(tau / rho) * kve(alpha + 1, x) / k
    t = np.sqrt(tau / rho) * k / kve(alpha - 1, x)
    return e, t, np.log(2) + alpha / 2 * np.log(tau / rho) + np.log(k) - x


def exponential(alpha, iterations):
    """q(h) = GIG(alpha, rho, tau) from rho = 2 / H0 and tau = H0."""
    w, beta = W0.copy(), np.ones(K)
    rho, tau = 2 / H0, H0.copy()
    rows = []
    for i in range(iterations + 1):
        e, t, _ = moments(alpha, rho, tau)
        if i > 0:
            tau = t ** 2 * (w.T @ (V / (w @ t) ** 2))
            rho = beta[:, None] + w.T @ (1 / (w @ e))
            e, t, _ = moments(alpha, rho, tau)
            w = w * np.sqrt(((V / (w @ t) ** 2) @ t.T) / ((1 / (w @ e)) @ e.T))
            beta = alpha * N / e.sum(1)
        normaliser = moments(alpha, rho, tau)[2]
        bound = (-(np.log(w @ e) + V / (w @ t)).sum()
                 + (alpha * np.log(beta)[:, None] - gammaln(alpha) + normaliser + (rho - beta[:, None]) * e
                    + tau / t).sum())
        rows.append({"objective": -bound, "dictionary": w.ravel().tolist(), "rates": beta.tolist()})
    return {"shape": alpha, "iterations": rows}


def shares(v, k):
    """All ways to write v as an ordered sum of k counts."""
    for bars in itertools.combinations(range(v + k - 1), k - 1):
        edges = (-1,) + bars + (v + k - 1,)
        yield [edges[i + 1] - edges[i] - 1 for i in range(k)]


def exact(v, w, alpha, beta):
    """log p(v | W) in closed form."""
    w, alpha, beta = np.array(w), np.array(alpha), np.array(beta)
    total = beta + w.sum(0)
    terms = []
    for c in itertools.product(*(list(shares(x, w.shape[1])) for x in v)):
        c = np.array(c)
        counts = c.sum(0)
        terms.append((gammaln(alpha + counts) - gammaln(alpha) + alpha * np.log(beta) - (alpha + counts) * np.log(total)
                      + (c * np.log(w) - gammaln(c + 1)).sum(0)).sum())
    return float(np.logaddexp.reduce(terms))


def exact_exponential(v, w, alpha, beta):
    """log p(v | W) for exponential noise and two components, by quadrature in log h."""
    w = np.array(w)

    def integrand(y, x):
        h = np.exp([x, y])
        m = w @ h
        return math.exp((-np.log(m) - np.array(v) / m).sum()
                        + sum(alpha * math.log(beta[k]) - gammaln(alpha) + alpha * math.log(h[k]) - beta[k] * h[k]
                              for k in range(2)))

    return math.log(dblquad(integrand, -25, 6, -25, 6, epsabs=1e-11, epsrel=1e-9)[0])


small = [[1, .5], [.25, 2]]
assert abs(math.exp(exact([1, 2], small, [1.5, 2], [1, .5])) - 0.0179384918) < 1e-9
tiny = []
for w, beta in ((small, [1, .5]), ([[1, .5], [.25, 2], [3, .1]], [2, 1])):
    for alpha in (.4, 1, 2.5):
        for v in ([0, 0, 0], [1, 2, 0], [3, 1, 4], [0, 5, 1]):
            v = v[:len(w)]
            tiny.append({"values": v, "dictionary": np.ravel(w).tolist(), "shape": alpha, "rates": beta,
                         "log": exact(v, w, [alpha] * 2, beta)})
tiny_exponential = [{"values": v, "dictionary": np.ravel(small).tolist(), "shape": alpha, "rates": [1, .5],
                     "log": exact_exponential(v, small, alpha, [1, .5])}
                    for alpha in (1, 2.5) for v in ([.3, 2], [5, .1], [1, 1])]
x = np.concatenate([10.0 ** np.arange(-8, 9, .37), np.arange(1, 30) / 2])
orders = [0, .05, .3, .5, .77, 1, 1.5, 2, 2.4, 5, 10.3, 33.3]
arguments = 10.0 ** np.arange(-10, 5, .43)
print(json.dumps({
    "poisson": [poisson(.7, 8), poisson(2, 8)],
    "exponential": [exponential(.7, 8), exponential(2, 8)],
    "exact": tiny,
    "exactExponential": tiny_exponential,
    "gamma": {"arguments": x.tolist(), "digamma": digamma(x).tolist(), "logGamma": gammaln(x).tolist()},
    "bessel": [{"order": order, "arguments": [float(z) for z in arguments if np.isfinite(kve(order + 2, z))],
                "logScaled": [float(np.log(kve(order, z))) for z in arguments if np.isfinite(kve(order + 2, z))],
                "ratio": [float(kve(order + 1, z) / kve(order, z)) for z in arguments
                          if np.isfinite(kve(order + 2, z))]} for order in orders],
}))
