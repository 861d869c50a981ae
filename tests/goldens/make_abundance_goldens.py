"""Abundances of single rows for other measures of fit than least squares, as goldens for DivergenceAbundanceTests.

Run:  python3 make_abundance_goldens.py > abundances.json      (made with numpy 1.24, scipy 1.10)

min D_beta(v | W h) over h >= 0 with sum one, or at most one. SLSQP finds the support, then the equations of Karush, Kuhn and Tucker on it are solved by
fsolve, and all conditions are checked. 1 <= beta < 2, where the minimum is unique; W is F x K.
"""
import json

import numpy as np
from scipy.optimize import fsolve, minimize

F, K, PROBLEMS = 9, 4, 6
f, k = np.arange(F), np.arange(K)
W = 0.1 + ((3 * f[:, None] + 5 * k[None] + f[:, None] * k[None] ** 2) % 11) / 6
SHADE = np.zeros((F, 1))


def datum(problem):
    v = ((7 * f + 3 * problem * f + 5 * problem) % 13) / (4.0 + 3 * problem)
    if problem % 2:
        v[problem] = 0
    return v


def divergence(v, y, beta):
    if beta == 1:
        return float(np.sum(np.where(v > 0, v * np.log(np.where(v > 0, v, 1) / y), 0) - v + y))
    return float(np.sum((v**beta + (beta - 1) * y**beta - beta * v * y ** (beta - 1)) / (beta * (beta - 1))))


def gradient(v, d, h, beta):
    y = d @ h
    return d.T @ (y ** (beta - 1) - v * y ** (beta - 2))


def solve(v, d, beta):
    n = d.shape[1]
    start = np.full(n, 1.0 / n)
    found = minimize(
        lambda h: divergence(v, np.maximum(d @ h, 1e-12), beta), start, jac=lambda h: gradient(v, d, np.maximum(h, 1e-12), beta),
        bounds=[(0, 1)] * n, constraints={"type": "eq", "fun": lambda h: h.sum() - 1, "jac": lambda h: np.ones(n)},
        method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000})
    support = np.flatnonzero(found.x > 1e-6)

    def conditions(z):
        h = np.zeros(n)
        h[support] = z[:-1]
        return np.append(gradient(v, d, h, beta)[support] - z[-1], h.sum() - 1)

    z = fsolve(conditions, np.append(found.x[support], gradient(v, d, found.x, beta) @ found.x), xtol=1e-14)
    h = np.zeros(n)
    h[support] = z[:-1]
    assert np.abs(conditions(z)).max() < 1e-11 and h.min() >= 0, (conditions(z), h)
    assert (gradient(v, d, h, beta) >= z[-1] - 1e-9).all(), "an endmember outside the support would lower the divergence"
    return h


cases = []
for beta in (1, 1.3, 1.5, 1.9):
    for problem in range(PROBLEMS):
        v = datum(problem)
        for at_most in (False, True):
            h = solve(v, np.hstack([W, SHADE]) if at_most else W, beta)[:K]
            cases.append({"beta": beta, "problem": problem, "atMost": at_most, "v": v.tolist(), "h": h.tolist(), "divergence": divergence(v, W @ h, beta)})
print(json.dumps({"w": W.tolist(), "cases": cases}, indent=1))
