"""Objectives of semi-supervised multiplicative updates on the 6 x 8, K = 3 fixture with component 1 fixed: plain numpy, independent of the library.

Run: python3 tests/goldens/make_fixed_components.py
"""
import numpy as np

F, N, K, FIXED = 6, 8, 3, 1


def divergence(v, y, beta):
    if beta == 0:
        return (v / y - np.log(v / y) - 1).sum()
    if beta == 1:
        return (v * np.log(v / y) - v + y).sum()
    return ((v**beta + (beta - 1) * y**beta - beta * v * y ** (beta - 1)) / (beta * (beta - 1))).sum()


def run(beta, penalty=0.0):
    f, n, k = np.arange(F), np.arange(N), np.arange(K)
    v = 1.0 + (7 * f[:, None] + 13 * n + 3 * f[:, None] * n) % 17
    w = 0.5 + (3 * f[:, None] + 5 * k + f[:, None] * k) % 7 / 7
    h = 0.5 + (2 * k[:, None] + 3 * n + k[:, None] * n) % 5 / 5
    gamma = 1 / (2 - beta) if beta < 1 else 1 / (beta - 1) if beta > 2 else 1
    free = k != FIXED
    values = []
    for iteration in range(101):
        if iteration in (0, 1, 2, 10, 100):
            values.append(divergence(v, w @ h, beta) + penalty * (w.sum(0) * h.sum(1)).sum())
        y = w @ h
        h = h * ((w.T @ (v * y ** (beta - 2))) / (w.T @ y ** (beta - 1) + penalty * w.sum(0)[:, None])) ** gamma
        y = w @ h
        moved = w * (((v * y ** (beta - 2)) @ h.T) / (y ** (beta - 1) @ h.T + penalty * h.sum(1))) ** gamma
        w = np.where(free, moved, w)
    return values


for beta, penalty in ((-1, 0), (0, 0), (0.5, 0), (1, 0), (2, 0), (3, 0), (0, 0.5), (1, 0.5)):
    print(beta, penalty, ", ".join(f"{x:.10f}" for x in run(beta, penalty)))
