"""Trajectories of other measures of fit and of robust factorisation on the 6 x 8, K = 3 fixture, as goldens for GoldenMeasureTests.

Run:  python3 make_measures.py > measures.json      (made with numpy 1.24, scipy 1.10)

Written from the formulas in docs/math.md alone: no tiles, no closed forms. The outlier part is found entry by entry by a root finder. V is F x N here, W is
F x K, H is K x N, as in the literature. Objectives after 0, 1, 2, 10 and 100 iterations (H, then W).
"""
import json

import numpy as np
from scipy.optimize import brentq
from scipy.special import rel_entr, xlogy

F, N, K = 6, 8, 3
f, n, k = np.arange(F), np.arange(N), np.arange(K)
V = 1.0 + (7 * f[:, None] + 13 * n[None] + 3 * f[:, None] * n[None]) % 17
W0 = 0.5 + ((3 * f[:, None] + 5 * k[None] + f[:, None] * k[None]) % 7) / 7
H0 = 0.5 + ((2 * k[:, None] + 3 * n[None] + k[:, None] * n[None]) % 5) / 5
AT = (0, 1, 2, 10, 100)


def run(step, objective, state):
    values = []
    for iteration in range(AT[-1] + 1):
        if iteration in AT:
            values.append(float(objective(*state)))
        state = step(*state)
    return values


def alpha(a):
    def value(w, h):
        y = w @ h
        if a == 1:
            return (rel_entr(V, y) - V + y).sum()
        if a == 0:
            return (rel_entr(y, V) - y + V).sum()
        return (V**a * y ** (1 - a) - a * V + (a - 1) * y).sum() / (a * (a - 1))

    def half(v, w, h):
        r, s = v / (w @ h), w.sum(0)[:, None]
        return h * np.exp(w.T @ np.log(r) / s) if a == 0 else h * (w.T @ r**a / s) ** (1 / a)

    def step(w, h):
        h = half(V, w, h)
        return half(V.T, h.T, w.T).T, h

    return run(step, value, (W0, H0))


def logistic():
    v, h0 = (V - 0.5) / 18, H0 / 8

    def value(w, h):
        y = w @ h
        return (rel_entr(v, y) + rel_entr(1 - v, 1 - y)).sum()

    def half(v, w, h):
        y = w @ h
        zeta = 1 / (y * (1 - y))
        return h * (w.T @ (zeta * v)) / (w.T @ (zeta * y))

    def step(w, h):
        h = half(v, w, h)
        return half(v.T, h.T, w.T).T, h

    return run(step, value, (W0, h0))


def bernoulli(a, b):
    v, w0, h0 = (V % 3 == 0).astype(float), W0 / W0.sum(1, keepdims=True), H0 / 2

    def value(w, h, c):
        y, z = w @ h, w @ c
        return -(xlogy(v, y) + xlogy(1 - v, z)).sum() - xlogy(a - 1, h).sum() - xlogy(b - 1, c).sum()

    def step(w, h, c):
        y, z = w @ h, w @ c
        one, zero = h * (w.T @ (v / y)) + a - 1, c * (w.T @ ((1 - v) / z)) + b - 1
        h, c = one / (one + zero), zero / (one + zero)
        y, z = w @ h, w @ c
        return w * ((v / y) @ h.T + ((1 - v) / z) @ c.T) / N, h, c

    return run(step, value, (w0, h0, 1 - h0))


def robust(beta, lam, samples):
    def divergence(y):
        if beta == 1:
            return (rel_entr(V, y) - V + y).sum()
        if beta == 0:
            return (V / y - np.log(V / y) - 1).sum()
        return (V**beta + (beta - 1) * y**beta - beta * V * y ** (beta - 1)).sum() / (beta * (beta - 1))

    def outliers(m, rho):
        r = np.zeros_like(V)
        for i in range(F):
            for j in range(N):
                def slope(x):
                    y = m[i, j] + x
                    return y ** (beta - 1) - V[i, j] * y ** (beta - 2) + (lam * x / rho[j] if samples else lam)
                if V[i, j] > m[i, j] and (not samples or rho[j] > 0) and slope(0) < 0:
                    r[i, j] = brentq(slope, 0, V[i, j], xtol=1e-14, rtol=8.9e-16)
        return r

    def half(v, w, h, r):
        y = w @ h + r
        return h * (w.T @ (v * y ** (beta - 2))) / (w.T @ y ** (beta - 1))

    def omega(r):
        return np.sqrt((r**2).sum(0)) if samples else r.sum(0)

    # One iteration: R for (W, H), which is also what the objective is evaluated with; H; R again; W.
    w, h, rho, values = W0, H0, np.sqrt((V**2).sum(0)), []
    for iteration in range(AT[-1] + 1):
        r = outliers(w @ h, rho)
        rho = omega(r)
        if iteration in AT:
            values.append(float(divergence(w @ h + r) + lam * rho.sum()))
        h = half(V, w, h, r)
        r = outliers(w @ h, rho)
        w = half(V.T, h.T, w.T, r.T).T
    return values


print(json.dumps({
    "alpha": [{"alpha": a, "objectives": alpha(a)} for a in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)],
    "logistic": logistic(),
    "bernoulli": [{"a": a, "b": b, "objectives": bernoulli(a, b)} for a, b in ((1.0, 1.0), (1.25, 1.5))],
    "robust": [
        {"beta": beta, "lambda": lam, "samples": samples, "objectives": robust(beta, lam, samples)}
        for samples in (True, False) for beta, lam in ((0.0, 0.05), (0.5, 0.2), (0.7, 0.3), (1.0, 0.5), (1.3, 0.8), (1.5, 1.0), (2.0, 3.0))],
}, indent=0))
