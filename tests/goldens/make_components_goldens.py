"""Activations that scikit-learn infers for given components, for NmfModel.FromComponents.

python3 tests/goldens/make_components_goldens.py
"""
import json
import os

import numpy as np
import sklearn
from sklearn.decomposition import NMF

rng = np.random.default_rng(11)
truth = rng.gamma(0.7, 1, (40, 4)) @ rng.gamma(0.7, 1, (4, 12))
X = np.round(truth + rng.gamma(1, 0.1, truth.shape), 3)
new = X[30:]
cases = []
for beta, solver in [(2, "cd"), (1, "mu")]:
    model = NMF(4, solver=solver, beta_loss=beta, max_iter=20000, tol=1e-12, random_state=1, init="nndsvda").fit(X[:30])
    model.components_[model.components_ < 1e-12] = 0
    cases.append({"beta": beta, "components": model.components_.tolist(), "activations": model.transform(new).tolist()})
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "components.json")
with open(out, "w") as target:
    json.dump({"sklearn": sklearn.__version__, "rows": new.tolist(), "cases": cases}, target, indent=1)
