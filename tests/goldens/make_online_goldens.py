"""Dictionaries of mini-batch majorisation-minimisation, as goldens for OnlineGoldenTests.

Run:  python3 make_online_goldens.py > online.json      (made with numpy 1.24)

Plain numpy, written from the equations: features x samples as in the literature, one loop over batches, ten multiplicative updates of the
activations from a constant per sample, the statistics A and B with the forgetting of Lefevre, Bach and Fevotte (2011), dictionary columns scaled to
sum one after every batch. No start weight: the first batch moves the start alone.
"""
import json

import numpy as np

SAMPLES, FEATURES, RANK, BATCH, PASSES, INNER, FORGETTING = 45, 11, 3, 10, 2, 10, 0.7

random = np.random.default_rng(2011)
v = ((random.gamma(0.7, 1.0, (FEATURES, RANK)) @ random.gamma(0.7, 1.0, (RANK, SAMPLES)) + 0.05)
     * random.gamma(4.0, 0.25, (FEATURES, SAMPLES))).astype(np.float32).astype(np.float64)
w0 = random.uniform(0.25, 1.25, (FEATURES, RANK)).astype(np.float32).astype(np.float64)


def divergence(x, y, beta):
    if beta == 1:
        return (x * np.log(x / y) - x + y).sum()
    if beta == 0:
        return (x / y - np.log(x / y) - 1).sum()
    return ((x**beta + (beta - 1) * y**beta - beta * x * y ** (beta - 1)) / (beta * (beta - 1))).sum()


def exponent(beta):
    return 1 / (2 - beta) if beta < 1 else 1 / (beta - 1) if beta > 2 else 1.0


cases = []
for beta in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
    inner = 1.0 if 0 <= beta <= 2 else exponent(beta)
    w = w0 / w0.sum(0)
    a = np.zeros_like(w)
    b = np.zeros_like(w)
    costs = []
    for _ in range(PASSES):
        cost = 0.0
        for first in range(0, SAMPLES, BATCH):
            x = v[:, first:first + BATCH]
            m = x.shape[1]
            h = np.tile(x.sum(0) / w.sum(), (RANK, 1))
            for _ in range(INNER):
                y = w @ h
                h = h * ((w.T @ (x * y ** (beta - 2))) / (w.T @ y ** (beta - 1))) ** inner
            y = w @ h
            cost += divergence(x, y, beta)
            rho = FORGETTING ** (m / SAMPLES)
            # d(majoriser of this batch)/dw = w^(beta-1) w~^(1-beta) pos - neg and its relatives below one and above two
            neg = (x * y ** (beta - 2)) @ h.T
            pos = y ** (beta - 1) @ h.T
            if beta < 1:
                da, db = w ** (2 - beta) * neg, pos
            elif beta <= 2:
                da, db = w ** (2 - beta) * neg, w ** (1 - beta) * pos
            else:
                da, db = neg, w ** (1 - beta) * pos
            a = rho * a + da
            b = rho * b + db
            w = (a / b) ** exponent(beta)
            # the same majorisers as functions of the scaled columns
            s = w.sum(0)
            w = w / s
            if beta < 1:
                a, b = a * s ** (beta - 1), b * s
            elif beta <= 2:
                a, b = a * s ** (beta - 1), b * s**beta
            else:
                a, b = a * s, b * s**beta
        costs.append(cost)
    cases.append({"beta": beta, "costs": costs, "dictionary": w.ravel().tolist()})

print(json.dumps({
    "samples": SAMPLES, "features": FEATURES, "rank": RANK, "batchSize": BATCH, "passes": PASSES, "innerIterations": INNER,
    "forgetting": FORGETTING, "data": v.T.ravel().tolist(), "startDictionary": w0.ravel().tolist(), "cases": cases}, indent=0))
