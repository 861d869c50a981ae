"""Golden values of factorisation with a learnt transform (Fagot, Wendt and Fevotte 2018), in plain numpy.

    python3 tests/goldens/make_transform_goldens.py > tests/goldens/transform.json
    python3 tests/goldens/make_transform_goldens.py --time [SIZE [FRAMES [single]]]

Columns are frames, as the paper has them. The second form prints seconds per iteration, in double precision or in
single, and how many steps of the transform an iteration tried.
"""
import json
import sys
import time

import numpy as np


def noise(count, seed):
    state, values = seed, np.empty(count)
    for t in range(count):
        state = (1103515245 * state + 12345) % (1 << 31)
        values[t] = state / (1 << 30) - 1
    return values


def cosine(size):
    i = np.arange(size) + 0.5
    return np.sqrt(2 / size) * np.cos(np.pi / size * np.outer(i, i))


class Fit:
    def __init__(self, x, phi, w, h, eps, lam):
        self.x, self.phi, self.w, self.h, self.eps, self.lam = x, phi, w, h, eps, lam
        self.z, self.t, self.trials = phi @ x, 1.0, 0

    def cost(self, z, y):
        r = (z * z + self.eps) / y
        return np.sum(r - np.log(r) - 1) + self.lam * np.sum(self.w.sum(0) * self.h.sum(1))

    def objective(self):
        return self.cost(self.z, self.w @ self.h)

    def step(self):
        p, exponent = self.z * self.z + self.eps, 0.5 if self.lam > 0 else 1
        r = 1 / (self.w @ self.h)
        ratio = (self.w.T @ (p * r * r)) / (self.w.T @ r + self.lam * self.w.sum(0)[:, None])
        self.h = self.h * ratio ** exponent
        r = 1 / (self.w @ self.h)
        ratio = ((p * r * r) @ self.h.T) / (r @ self.h.T + self.lam * self.h.sum(1))
        self.w = self.w * ratio ** exponent
        y = self.w @ self.h
        before = self.cost(self.z, y)
        g = 2 * (self.z / y - self.z / p) @ self.z.T
        a = 2 * (1 / p + 1 / y) @ p.T
        e = -(g - g.T) / (a + a.T)
        slope = np.sum((g - g.T) / 2 * e)
        one = np.eye(len(e), dtype=e.dtype)
        self.t = min(1.0, 2 * self.t)
        for _ in range(30):
            self.trials += 1
            q = np.linalg.solve(one - self.t / 2 * e, one + self.t / 2 * e)
            z = q @ self.z
            if self.cost(z, y) <= before + 1e-4 * self.t * slope:
                self.z, self.phi = z, q @ self.phi
                break
            self.t /= 2


def problem(size, frames, rank, random):
    t = np.arange(size)
    x = np.stack([
        (1 + n % 3) * np.sin((0.2 + 0.15 * (n % 4)) * t + n) + 0.3 * np.sin(0.9 * t + 2 * n) for n in range(frames)
    ], axis=1) + 0.2 * noise(size * frames, 3).reshape(frames, size).T
    phi = np.linalg.qr(noise(size * size, 9).reshape(size, size))[0] if random else cosine(size)
    w = 0.5 + 0.4 * noise(size * rank, 5).reshape(size, rank)
    h = 0.5 + 0.4 * noise(rank * frames, 6).reshape(frames, rank).T
    return x, phi, w, h


def run(case):
    x, phi, w, h = problem(case["size"], case["frames"], case["rank"], case["random"])
    fit = Fit(x, phi, w, h, case["floor"], case["sparsity"])
    objectives = [fit.objective()]
    for _ in range(12):
        fit.step()
        objectives.append(fit.objective())
    assert np.all(np.diff(objectives) < 0)
    assert np.allclose(fit.phi @ fit.phi.T, np.eye(case["size"]))
    return case | {
        "start": phi.ravel().tolist(), "x": x.T.ravel().tolist(), "objectives": objectives, "trials": fit.trials,
        "transform": fit.phi.ravel().tolist(), "dictionary": fit.w.ravel().tolist(),
        "activations": fit.h.T.ravel().tolist()}


if "--time" in sys.argv:
    numbers = [int(a) for a in sys.argv if a.isdigit()]
    size, frames = numbers[0] if numbers else 512, numbers[1] if len(numbers) > 1 else 512
    kind = np.float32 if "single" in sys.argv else np.float64
    x, phi, w, h = (m.astype(kind) for m in problem(size, frames, 10, False))
    fit = Fit(x, phi, w, h, kind(1e-6), 0)
    fit.step()
    fit.trials, started = 0, time.perf_counter()
    for _ in range(20):
        fit.step()
    seconds = (time.perf_counter() - started) / 20
    print(f"{size} x {frames}, K = 10, {kind.__name__}: {1e3 * seconds:.1f} ms per iteration, "
          f"{fit.trials / 20:.2f} steps tried in each")
else:
    print(json.dumps([
        run({"size": 12, "frames": 20, "rank": 3, "random": False, "floor": 1e-6, "sparsity": 0}),
        run({"size": 12, "frames": 20, "rank": 3, "random": True, "floor": 1e-6, "sparsity": 0}),
        run({"size": 37, "frames": 50, "rank": 4, "random": True, "floor": 1e-4, "sparsity": 0.05}),
    ]))
