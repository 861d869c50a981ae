"""Indices of rank selection and scoring as SciPy, scikit-learn and their formulae give them, for the tests of tests/Nmf.Tests.

Run:  python3 make_rank_goldens.py > rank-selection.json      (made with numpy 1.24, scipy 1.10, scikit-learn 1.2.1)
"""
import itertools
import json
import math

import numpy as np
from scipy.cluster.hierarchy import cophenet, fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_samples, silhouette_score

random = np.random.default_rng(2004)


def tree(items):
    """A random symmetric distance matrix without ties: heights, and groups for several cuts."""
    points = random.normal(size=(items, 3))
    d = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    z = linkage(squareform(d, checks=False), "average")
    return {"items": items, "distances": squareform(d, checks=False).tolist(), "cophenetic": cophenet(z).tolist(),
            "cuts": {str(k): fcluster(z, k, "maxclust").tolist() for k in (2, 3, 5)},
            "silhouettes": silhouette_samples(d, fcluster(z, 3, "maxclust"), metric="precomputed").tolist()}


def consensus(samples, groups, runs, noise):
    """Runs that agree on planted groups except for a part of the samples."""
    planted = random.integers(0, groups, samples)
    labels = []
    for _ in range(runs):
        permutation = random.permutation(groups)
        run = permutation[planted]
        wrong = random.uniform(size=samples) < noise
        run[wrong] = random.integers(0, groups, wrong.sum())
        labels.append(run)
    c = np.mean([run[:, None] == run[None] for run in labels], axis=0)
    d = 1 - c
    z = linkage(squareform(d, checks=False), "average")
    cut = fcluster(z, groups, "maxclust")
    return {"groups": groups, "labels": [run.tolist() for run in labels], "cophenetic": cophenet(z, squareform(d, checks=False))[0],
            "dispersion": float((4 * (c - 0.5) ** 2).mean()), "cut": cut.tolist(),
            "silhouette": silhouette_score(d, cut, metric="precomputed")}


def assignment(rows, columns):
    costs = random.normal(size=(rows, columns))
    i, j = linear_sum_assignment(costs)
    return {"rows": rows, "columns": columns, "costs": costs.ravel().tolist(), "cost": float(costs[i, j].sum()),
            "columnOfRow": [int(j[list(i).index(r)]) if r in i else -1 for r in range(rows)]}


def topics(documents, words):
    counts = random.poisson(0.35, (documents, words))
    lists = [[int(w) for w in random.permutation(words)[:size]] for size in (6, 6, 2)]
    counts[:, lists[2][1]] *= counts[:, lists[2][0]] == 0   # a pair that never occurs together
    there = counts > 0
    result = []
    for t in lists:
        mass, npmi = [], []
        for later, first in ((l, f) for l in range(1, len(t)) for f in range(l)):
            both = (there[:, t[later]] & there[:, t[first]]).sum()
            one, other = there[:, t[first]].sum(), there[:, t[later]].sum()
            mass.append(math.log((both + 1) / one))
            npmi.append(-1.0 if both == 0 else math.log((both / documents) / (one / documents * other / documents)) / -math.log(both / documents))
        result.append({"uMass": float(np.mean(mass)), "npmi": float(np.mean(npmi))})
    flat = list(itertools.chain(*lists))
    return {"documents": documents, "words": words, "counts": counts.ravel().tolist(), "topics": lists, "coherence": result,
            "diversity": len(set(flat)) / len(flat)}


print(json.dumps({
    "trees": [tree(12), tree(25)],
    "consensus": [consensus(24, 3, 9, 0.1), consensus(40, 5, 20, 0.3), consensus(30, 4, 7, 0.0)],
    "assignments": [assignment(*shape) for shape in ((1, 1), (4, 4), (9, 9), (5, 8), (8, 5), (40, 40))],
    "topics": topics(60, 15)}, indent=0))
