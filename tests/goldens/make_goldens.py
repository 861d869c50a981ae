"""Factors and objectives of scikit-learn's multiplicative updates, as goldens for GoldenFactorTests.

Run:  python3 make_goldens.py > sklearn-mu.json      (made with scikit-learn 1.2.1, numpy 1.24)

scikit-learn swaps the names: its W (samples x K) is our H, its H (K x features) is our dictionary transposed. It updates W first, which
is our order, and uses the exponent of majorisation-minimisation: compare with NmfSolver.MajorizationMinimization.
"""
import json
import warnings

import numpy as np
from sklearn.decomposition import non_negative_factorization

SAMPLES, FEATURES, RANK, ITERATIONS = 23, 17, 5, 60

warnings.simplefilter("ignore")
random = np.random.default_rng(2011)
# float32 values, so that the single-precision test starts from exactly the same numbers
v = (random.gamma(1.0, 2.0, (SAMPLES, FEATURES)) + 0.125).astype(np.float32).astype(np.float64)
h0 = random.uniform(0.25, 1.25, (SAMPLES, RANK)).astype(np.float32).astype(np.float64)
w0 = random.uniform(0.25, 1.25, (FEATURES, RANK)).astype(np.float32).astype(np.float64)

cases = []
for beta in (2.0, 1.0, 0.0, 0.5, 1.5):
    h, wt, _ = non_negative_factorization(
        v, W=h0.copy(), H=np.ascontiguousarray(w0.T), n_components=RANK, init="custom", solver="mu", beta_loss=beta,
        tol=0, max_iter=ITERATIONS)
    y = h @ wt
    if beta == 1:
        d = (v * np.log(v / y) - v + y).sum()
    elif beta == 0:
        d = (v / y - np.log(v / y) - 1).sum()
    else:
        d = ((v**beta + (beta - 1) * y**beta - beta * v * y ** (beta - 1)) / (beta * (beta - 1))).sum()
    cases.append({"beta": beta, "objective": d, "activations": h.ravel().tolist(), "dictionary": wt.T.ravel().tolist()})

print(json.dumps({
    "samples": SAMPLES, "features": FEATURES, "rank": RANK, "iterations": ITERATIONS, "data": v.ravel().tolist(),
    "startActivations": h0.ravel().tolist(), "startDictionary": w0.ravel().tolist(), "cases": cases}, indent=0))
