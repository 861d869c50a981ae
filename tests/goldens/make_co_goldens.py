"""Trajectories of soft and hard co-factorisation of small views, as goldens for CoNmfGoldenTests.

Run:  python3 make_co_goldens.py > co.json      (made with numpy 1.24, scipy 1.10)

Written from docs/math.md alone: every root is found entry by entry by a bracketing root finder, kinks by the median of roots and kinks. V is F x N here, W is F x K, H is
K x N, as in the literature. Objectives after 0, 1, 2, 5 and 10 iterations (H of all views, then W of all views), and all factors after 5.
"""
import json

import numpy as np
from scipy.optimize import brentq
from scipy.special import rel_entr

N, K, AT = 8, 3, (0, 1, 2, 5, 10)
n, k = np.arange(N)[None], np.arange(K)


def view(features, a, b, c, m):
    f = np.arange(features)[:, None]
    return 1.0 + (a * f + b * n + c * f * n) % m


DATA = [view(6, 7, 13, 3, 17), view(5, 5, 11, 2, 13), view(4, 3, 7, 5, 11)]
W0 = [0.5 + ((a * np.arange(v.shape[0])[:, None] + b * k + np.arange(v.shape[0])[:, None] * k) % m) / m
      for v, (a, b, m) in zip(DATA, ((3, 5, 7), (2, 3, 5), (4, 1, 6)))]
H0 = [0.5 + ((a * k[:, None] + b * n + k[:, None] * n) % m) / m for a, b, m in ((2, 3, 5), (3, 2, 7), (1, 4, 6))]


def divergence(x, y, beta):
    if beta == 1:
        return (rel_entr(x, y) - x + y).sum()
    if beta == 0:
        return (x / y - np.log(x / y) - 1).sum()
    return ((x**beta + (beta - 1) * y**beta - beta * x * y ** (beta - 1)) / (beta * (beta - 1))).sum()


def parts(v, w, h, beta):
    y = w @ h
    return w.T @ (v * y ** (beta - 2)), w.T @ y ** (beta - 1)


def root(function):
    """The zero of an increasing function of x > 0."""
    low, high = -60.0, 60.0
    value = lambda t: function(np.exp(t))
    if value(low) > 0:
        return np.exp(low)
    if value(high) < 0:
        return np.inf
    return np.exp(brentq(value, low, high, xtol=1e-15, rtol=8.9e-16))


def growth(beta):
    return max(beta - 1, 0)


def decay(beta):
    return max(2 - beta, 0)


class Fit:
    def __init__(self, views, betas, strength, squared, each, weights=None):
        self.v, self.betas, self.strength, self.squared = DATA[:views], betas, strength, squared
        self.level = [v.mean() * v.shape[0] for v in self.v]
        self.alpha = [1 / (v.shape[0] * v.mean() ** b) for v, b in zip(self.v, betas)] if weights is None else weights
        self.groups = [[i] for i in range(views)] if each else [list(range(views))]
        self.w, self.h = [w.copy() for w in W0[:views]], [h.copy() for h in H0[:views]]
        for group in self.groups:
            total = sum(self.w[i].sum(0) / self.level[i] for i in group) / len(group)
            for i in group:
                self.w[i] /= total
                self.h[i] *= total[:, None]

    def objective(self):
        value = sum(a * divergence(v, w @ h, b) for a, v, w, h, b in zip(self.alpha, self.v, self.w, self.h, self.betas))
        for i in range(len(self.v)):
            for j in range(i):
                d = self.h[i] - self.h[j]
                value += self.strength * ((d**2).sum() / 2 if self.squared else np.abs(d).sum())
        return value

    def step(self):
        gradients = [[a * g for g in parts(v, w, h, b)] for a, v, w, h, b in zip(self.alpha, self.v, self.w, self.h, self.betas)]
        for i in range(K):
            for j in range(N):
                h = [x[i, j] for x in self.h]
                self.entry(h, [g[0][i, j] for g in gradients], [g[1][i, j] for g in gradients])
                for x, value in zip(self.h, h):
                    x[i, j] = value
        gradients = [[a * g.T for g in parts(v.T, h.T, w.T, b)] for a, v, w, h, b in zip(self.alpha, self.v, self.w, self.h, self.betas)]
        for group in self.groups:
            for i in range(K):
                self.column(group, i, gradients)

    def entry(self, h, p, q):
        views, mixed = range(len(h)), len(set(self.betas)) > 1
        a, b = max(growth(x) for x in self.betas), max(decay(x) for x in self.betas)
        pairs = [h[u] - h[v] for v in views for u in range(v)]
        coupling = self.strength * sum(d * d if self.squared else abs(d) for d in pairs)
        hp, hq = sum(x * y for x, y in zip(h, p)), sum(x * y for x, y in zip(h, q))
        if self.squared and not mixed and self.betas[0] in (0, 1):
            x = root(lambda x: hq + coupling * x - hp * x**-b)
        else:
            a = max(a, 1) if self.squared else a
            x = root(lambda x: (hq + coupling) * x**a - hp * x**-b)
        for v in views:
            h[v] *= x
            p[v] *= x ** -decay(self.betas[v])
            q[v] *= x ** growth(self.betas[v])
        for v in views:
            a, b, others = growth(self.betas[v]), decay(self.betas[v]), [h[u] for u in views if u != v]
            if self.squared:
                draw, curvature = self.strength * sum(others), self.strength * len(others) * h[v]
                if self.betas[v] in (0, 1, 2):
                    x = root(lambda x: q[v] * x**a - p[v] * x**-b + curvature * x - draw)
                else:
                    x = root(lambda x: (q[v] + curvature) * x ** max(a, 1) - (p[v] + draw) * x**-b)
                h[v] *= x
            else:
                slopes = [self.strength * (2 * j - len(others)) for j in range(len(others) + 1)]
                h[v] = np.median(others + [h[v] * self.sloped(p[v], q[v], a, b, s) for s in slopes])

    @staticmethod
    def sloped(p, q, a, b, slope):
        if a == 0:
            return root(lambda x: q + slope - p * x**-b)
        up, down = max(slope, 0), max(-slope, 0)
        return root(lambda x: (q + up) * x**a - (p + down) * x**-b)

    def column(self, group, i, gradients):
        members = [(v, f, self.w[v][f, i] / self.level[v], gradients[v][0][f, i] * self.level[v],
                    gradients[v][1][f, i] * self.level[v]) for v in group for f in range(self.w[v].shape[0])]

        def move(multiplier, v, p, q):
            a, b = growth(self.betas[v]), decay(self.betas[v])
            a, b = (1, 1) if a > 0 and b > 0 else (a, b)
            phi = lambda x: q * x**a - p * x**-b - multiplier
            return 0.25 if phi(0.25) >= 0 else 4.0 if phi(4.0) <= 0 else brentq(phi, 0.25, 4.0, xtol=1e-15, rtol=8.9e-16)

        total = lambda m: sum(u * move(m, v, p, q) for v, f, u, p, q in members) - len(group)
        multiplier = brentq(total, -1e3, 1e3, xtol=1e-15, rtol=8.9e-16)
        moves = [(v, f, u * move(multiplier, v, p, q)) for v, f, u, p, q in members]
        scale = len(group) / sum(x for _, _, x in moves)
        for v, f, x in moves:
            self.w[v][f, i] = x * scale * self.level[v]


class Shared:
    def __init__(self, betas):
        self.v, self.betas = DATA[:len(betas)], betas
        self.alpha = [1 / (v.shape[0] * v.mean() ** b) for v, b in zip(self.v, betas)]
        self.w, self.h = [w.copy() for w in W0[:len(betas)]], [H0[0].copy()]

    def objective(self):
        return sum(a * divergence(v, w @ self.h[0], b) for a, v, w, b in zip(self.alpha, self.v, self.w, self.betas))

    def step(self):
        gradients = [parts(v, w, self.h[0], b) for v, w, b in zip(self.v, self.w, self.betas)]
        p = sum(a * g[0] for a, g in zip(self.alpha, gradients))
        q = sum(a * g[1] for a, g in zip(self.alpha, gradients))
        exponent = 1 if len(set(self.betas)) == 1 else 1 / (max(map(growth, self.betas)) + max(map(decay, self.betas)))
        self.h[0] = self.h[0] * (p / q) ** exponent
        for v, w, b in zip(self.v, self.w, self.betas):
            p, q = (g.T for g in parts(v.T, self.h[0].T, w.T, b))
            w *= p / q


def run(name, fit, **facts):
    values, factors = [], None
    for iteration in range(AT[-1] + 1):
        if iteration in AT:
            values.append(float(fit.objective()))
        if iteration == 5:
            factors = {"dictionaries": [w.ravel().tolist() for w in fit.w], "activations": [h.T.ravel().tolist() for h in fit.h]}
        fit.step()
    return {"name": name, **facts, "objectives": values, **factors}


def soft(betas, strength, squared, each, weights=None):
    name = f"{'L2' if squared else 'L1'} {strength} beta {betas} {'each' if each else 'over'}{' weights' if weights else ''}"
    return run(name, Fit(len(betas), betas, strength, squared, each, weights), betas=betas, strength=strength,
               squared=squared, each=each, weights=weights, shared=False)


CASES = [
    soft([1, 1], 0.05, False, False), soft([1, 1], 2.0, True, False), soft([1, 1], 0.3, False, True), soft([1, 1], 1.0, True, True),
    soft([0, 0], 0.05, False, False), soft([0, 0], 3.0, True, True), soft([2, 2], 0.1, False, True), soft([2, 2], 2.0, True, False),
    soft([0, 1], 0.05, False, False), soft([1, 2], 1.0, True, False), soft([0.5, 1.5], 0.1, False, True), soft([1.5, 3], 1.0, True, True),
    soft([-1, 0.5], 0.5, True, False), soft([1, 1, 1], 0.05, False, False), soft([0, 1, 2], 0.1, False, False), soft([1, 1, 2], 1.0, True, False),
    soft([1, 1], 0.4, False, False, [0.02, 0.05]), soft([1, 1], 0.0, False, True),
]
CASES += [run(f"shared beta {b}", Shared(b), betas=b, strength=0.0, squared=False, each=False, weights=None, shared=True)
          for b in ([1, 1], [0, 0], [2, 2], [0, 1], [1, 2], [0, 2, 1])]
print(json.dumps(CASES, indent=0))
