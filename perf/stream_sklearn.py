"""scikit-learn's MiniBatchNMF on a raw float32 file, beside `StreamingFit file`: one line for each number of passes.

Usage: stream_sklearn.py make PATH ROWS FEATURES          writes a file of low-rank rows with noise
       stream_sklearn.py fit PATH FEATURES RANK BETA PASSES

MiniBatchNMF holds the data and activations of all rows in memory; the library reads the file again for every pass. The objective is scikit-learn's own,
with activations that its transform gives, per entry.
"""
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
if sys.argv[1] == "make":
    path, rows, features = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    random = np.random.default_rng(7)
    w = random.random((12, features)) ** 4
    with open(path, "wb") as file:
        for first in range(0, rows, 1000):
            h = random.random((min(1000, rows - first), 12)) ** 4
            y = h @ w + 0.01
            (y * random.uniform(0.5, 1.5, y.shape)).astype(np.float32).tofile(file)
else:
    from sklearn.decomposition import MiniBatchNMF

    path, features, rank, beta, passes = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6])
    v = np.fromfile(path, dtype=np.float32).reshape(-1, features)
    model = MiniBatchNMF(
        n_components=rank, beta_loss=beta, batch_size=1024, max_iter=passes, tol=0, max_no_improvement=None, random_state=1, init="nndsvda")
    clock, cpu = time.perf_counter(), time.process_time()
    model.fit(v)
    seconds, cpu = time.perf_counter() - clock, time.process_time() - cpu
    y = model.transform(v) @ model.components_
    x = v.astype(np.float64)
    y = np.maximum(y.astype(np.float64), 1e-10)
    if beta == 2:
        d = 0.5 * ((x - y) ** 2).sum()
    elif beta == 1:
        d = (x * np.log(x / y) - x + y).sum()
    else:
        d = (x / y - np.log(x / y) - 1).sum()
    print(f"sklearn MiniBatchNMF: rank {rank}, beta {beta}, {passes} passes: objective per entry {d / v.size:.6g}, {seconds:.2f} s, {cpu:.2f} s of CPU")
