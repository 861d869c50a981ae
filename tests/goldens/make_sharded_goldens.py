"""Multiplicative updates for KL with sums taken shard by shard and added by a tree, as goldens for ShardedGoldenTests.

Run:  python3 make_sharded_goldens.py > sharded.json      (made with numpy 1.24)

The fixture of Nmf.Tests (6 features x 8 samples, K = 3) in shards of 3, 3 and 2 samples. V is samples x features, W features x K, H samples x K.
H in the shards first, then W from neg = sum (V / Y)^T H and pos = sum of the columns of H, summed as (shard 0 + shard 1) + shard 2.
"""
import json

import numpy as np

F, N, K = 6, 8, 3
f, n, k = np.arange(F), np.arange(N), np.arange(K)
V = 1.0 + (7 * f[None] + 13 * n[:, None] + 3 * f[None] * n[:, None]) % 17
W = 0.5 + ((3 * f[:, None] + 5 * k[None] + f[:, None] * k[None]) % 7) / 7
H = 0.5 + ((2 * k[None] + 3 * n[:, None] + k[None] * n[:, None]) % 5) / 5
SHARDS = [slice(0, 3), slice(3, 6), slice(6, 8)]


def tree(parts):
    return (parts[0] + parts[1]) + parts[2]


def objective():
    def part(s):
        y = H[s] @ W.T
        return np.sum(V[s] * np.log(V[s] / y) - V[s] + y)

    return float(tree([part(s) for s in SHARDS]))


history = [objective()]
for _ in range(25):
    for s in SHARDS:
        H[s] *= (V[s] / (H[s] @ W.T)) @ W / W.sum(0)
    neg = tree([(V[s] / (H[s] @ W.T)).T @ H[s] for s in SHARDS])
    pos = tree([H[s].sum(0) for s in SHARDS])
    W *= neg / pos
    history.append(objective())
print(json.dumps({"objectives": history, "w": W.ravel().tolist(), "h": H.ravel().tolist()}))
