"""Golden values of sketched starts: writes sketch.json, with numpy alone and without a sketch.

The data have fewer features than a sketch has columns, so that the sketch is exact and what is left is the
mathematics: least squares on R V C, where R and C are the powers (beta - 2)/2 of the sums of samples and of features
over their means (for beta = 1 correspondence analysis), the start times the number that fits best, then three
coordinate sweeps over H and three over W per iteration. After PLAIN iterations they start from extrapolated factors
(Ang and Gillis 2019); an iteration that does not lower the objective is taken back.

  python3 tests/goldens/make_sketch_goldens.py
"""
import json
from pathlib import Path
import numpy as np

N, F, K, PLAIN, ITERATIONS = 30, 20, 3, 2, 14
rng = np.random.default_rng(4)
V = rng.gamma(0.7, 1.0, (N, 6)) @ rng.gamma(0.7, 1.0, (6, F)) * rng.uniform(0.05, 4, (N, 1)) * rng.uniform(0.05, 4, F)
H0, W0 = rng.uniform(0.1, 2, (N, K)), rng.uniform(0.1, 2, (F, K))


def sweeps(x, product, gram):
    for _ in range(3):
        for k in range(K):
            x[:, k] = np.maximum(0, x[:, k] + (product[:, k] - x @ gram[:, k]) / gram[k, k])


result = {"samples": N, "features": F, "rank": K, "v": V.ravel().tolist(), "h0": H0.ravel().tolist(),
          "w0": W0.ravel().tolist(), "runs": []}
for beta in (2, 1, 1.5):
    r = (V.sum(1) / V.sum(1).mean()) ** ((beta - 2) / 2)
    c = (V.sum(0) / V.sum(0).mean()) ** ((beta - 2) / 2)
    scaled = r[:, None] * V * c
    h, w = H0 * r[:, None], W0 * c[:, None]
    h *= (scaled * (h @ w.T)).sum() / ((h @ w.T) ** 2).sum()
    run = {"beta": beta, "h": [], "w": []}
    weight, limit, good, best = 0.5, 1, 0.5, np.inf
    for i in range(ITERATIONS):
        if i < PLAIN:
            sweeps(h, scaled @ w, w.T @ w)
            sweeps(w, scaled.T @ h, h.T @ h)
            beyond = w.copy()
        else:
            next_h, next_w = h.copy(), beyond.copy()
            sweeps(next_h, scaled @ beyond, beyond.T @ beyond)
            next_h = np.maximum(0, next_h + weight * (next_h - h))
            sweeps(next_w, scaled.T @ next_h, next_h.T @ next_h)
            objective = 0.5 * ((scaled - next_h @ next_w.T) ** 2).sum()
            if objective <= best:
                h, beyond, w, best = next_h, next_w + weight * (next_w - w), next_w, objective
                good, weight = weight, min(limit, 1.05 * weight)
                limit = min(1, 1.02 * limit)
            else:
                limit, weight, beyond = good, weight / 1.5, w.copy()
                good = weight
        run["h"].append((h / r[:, None]).ravel().tolist())
        run["w"].append((w / c[:, None]).ravel().tolist())
    result["runs"].append(run)
Path(__file__).with_name("sketch.json").write_text(json.dumps(result) + "\n")
