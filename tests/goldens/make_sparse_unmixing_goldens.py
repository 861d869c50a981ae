"""Sparse regression on a library, as goldens for SparseUnmixingTests.

Run:  python3 make_sparse_unmixing_goldens.py > sparse-unmixing.json      (made with numpy 1.24, scipy 1.10)

l1 in every pixel by scipy's nnls: with G = R'R the problem is ||R x - R'^-1 (A'y - lambda)||^2 over x >= 0. Collaborative regression by cyclic coordinate
descent over the rows of X, whose minimum has a closed form, until no entry moves; the conditions of Karush, Kuhn and Tucker are checked. Total variation
with l1 by the primal-dual method of Chambolle and Pock, whose duality gap is checked. Numbers come from a linear congruential generator, so that the test
makes the same problem.
"""
import json

import numpy as np
from scipy.optimize import nnls

BANDS, SPECTRA, WIDTH, HEIGHT = 24, 16, 8, 6
PIXELS = WIDTH * HEIGHT


class Uniform:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (6364136223846793005 * self.state + 1442695040888963407) % 2**64
        return ((self.state >> 11) + 0.5) / 2**53


def problem(seed):
    u = Uniform(seed)
    a = np.array([[0.5 + 0.5 * u() for _ in range(SPECTRA)] for _ in range(BANDS)])
    x = np.zeros((SPECTRA, PIXELS))
    for m in (2, 7, 11):
        for n in range(PIXELS):
            x[m, n] = u()
    x /= x.sum(0)
    y = a @ x
    for n in range(PIXELS):
        for f in range(BANDS):
            y[f, n] += 0.05 * u()
    return a, y


def pixels(a, y, weights):
    r = np.linalg.cholesky(a.T @ a).T
    return np.array([nnls(r, np.linalg.solve(r.T, a.T @ v - weights), maxiter=1000)[0] for v in y.T]).T


def picture(a, y, weights):
    g, p = a.T @ a, a.T @ y
    x = np.zeros_like(p)
    for _ in range(200000):
        before = x.copy()
        for m in range(len(x)):
            z = np.maximum(0, p[m] - g[m] @ x + g[m, m] * x[m])
            size = np.linalg.norm(z)
            x[m] = z * max(0, 1 - weights[m] / size) / g[m, m] if size > 0 else 0
        if np.abs(x - before).max() < 1e-15:
            break
    gradient = p - g @ x
    for m in range(len(x)):
        size = np.linalg.norm(x[m])
        if size > 0:
            rest = gradient[m] - weights[m] * x[m] / size
            assert np.abs(rest[x[m] > 0]).max() < 1e-9 and rest.max() < 1e-9
        else:
            assert np.linalg.norm(np.maximum(0, gradient[m])) <= weights[m] * (1 + 1e-9)
    return x, 0.5 * ((y - a @ x) ** 2).sum() + (weights * np.linalg.norm(x, axis=1)).sum()


def differences(maps):
    return np.concatenate([np.diff(maps, axis=2).reshape(len(maps), -1), np.diff(maps, axis=1).reshape(len(maps), -1)], axis=1)


def variation(a, y, smoothness, sparsity, rounds=60000):
    """Columns of differences as a sparse matrix, x by prox of the quadratic part, x >= 0 and the differences in the dual."""
    grid = np.arange(PIXELS).reshape(HEIGHT, WIDTH)
    pairs = [(i, j) for i, j in zip(grid[:, :-1].ravel(), grid[:, 1:].ravel())] + [(i, j) for i, j in zip(grid[:-1].ravel(), grid[1:].ravel())]
    d = np.zeros((len(pairs), PIXELS))
    for row, (i, j) in enumerate(pairs):
        d[row, i], d[row, j] = -1, 1
    g, p = a.T @ a, a.T @ y - sparsity
    tau, sigma = 0.2, 1 / (0.2 * 9.01)
    inverse = np.linalg.inv(np.eye(len(g)) + tau * g)
    x = np.zeros_like(p)
    bar, u, w = x, np.zeros((len(g), len(pairs))), np.zeros_like(p)
    for _ in range(rounds):
        u = np.clip(u + sigma * bar @ d.T, -smoothness, smoothness)
        w = np.minimum(0, w + sigma * bar)
        new = inverse @ (x - tau * (u @ d + w) + tau * p)
        bar, x = 2 * new - x, new
    x = np.maximum(0, x)
    primal = 0.5 * ((y - a @ x) ** 2).sum() + sparsity * x.sum() + smoothness * np.abs(x @ d.T).sum()
    # The dual: the minimum of the quadratic part plus the multipliers, which is at G x = p - u d - w.
    q = p - u @ d - w
    dual = 0.5 * (y**2).sum() - 0.5 * (q * np.linalg.solve(g, q)).sum()
    assert abs(primal - dual) < 1e-7 * primal, (primal, dual)
    return x, primal


def rounded(x):
    return [float(f"{value:.10g}") for value in x.T.ravel()]


cases = []
for seed in (1, 2, 3):
    a, y = problem(seed)
    lambdas = 0.05 + 0.01 * np.arange(SPECTRA)
    x, objective = picture(a, y, 2 * lambdas)
    smooth, smoothness = variation(a, y, 0.05, 0.02)
    cases.append({
        "seed": seed,
        "sum": float(y.sum()),
        "pixels": rounded(pixels(a, y, lambdas)),
        "picture": rounded(x),
        "objective": objective,
        "smooth": rounded(smooth),
        "smoothObjective": smoothness,
    })
print(json.dumps({"cases": cases}, separators=(",", ":")), end="")
