"""Whether random nonnegative matrices are sufficiently scattered, by the vertices of a polytope that Qhull finds.

Run:  python3 make_identifiability_goldens.py > identifiability.json      (made with numpy 1.24, scipy 1.10)

The rows m_n of a factor are sufficiently scattered when max |y| over {y: m_n.y >= 0 for all n, sum y = 1} is 1 and only the unit
vectors reach it. With y = e/K + Z t, where Z spans the plane sum y = 0, this is a polytope in K - 1 dimensions around t = 0.
"""
import json

import numpy as np
from scipy.linalg import null_space
from scipy.spatial import HalfspaceIntersection


def check(m):
    rank = m.shape[1]
    rows = m / m.sum(1, keepdims=True)
    z = null_space(np.ones((1, rank)))
    halfspaces = np.hstack([-(rows @ z), -np.full((len(rows), 1), 1 / rank)])
    corners = HalfspaceIntersection(halfspaces, np.zeros(rank - 1)).intersections
    if not np.isfinite(corners).all():
        return {"holds": False, "largest": None}
    y = 1 / rank + corners @ z.T
    unit = y.max(1) > 1 - 1e-7
    unit &= (np.abs(np.delete(np.sort(y, 1), -1, 1)) < 1e-6).all(1)
    norms = np.linalg.norm(y, axis=1)
    largest = float(norms[~unit].max()) if (~unit).any() else None
    return {"holds": bool(largest is None or largest < 1 - 1e-7), "largest": largest}


random = np.random.default_rng(2014)
cases = []
for rank in (3, 4, 5, 6):
    for zeros in (0.35, 0.55, 0.7):
        for rows in (12, 40):
            m = random.exponential(size=(rows, rank)) * (random.uniform(size=(rows, rank)) >= zeros)
            m = m[m.sum(1) > 0]
            # All shares below one, so that separability does not decide.
            m = m[(m > 0).sum(1) > 1]
            if len(m) < rank or np.linalg.matrix_rank(m) < rank:
                continue
            cases.append({"rank": rank, "rows": len(m), "values": [round(float(v), 6) for v in m.ravel()],
                          **check(np.round(m, 6))})
print(json.dumps(cases, indent=None, separators=(",", ":")))
