"""Golden values of low-rank time-frequency synthesis (Fevotte and Kowalski 2014), in plain numpy.

    python3 tests/goldens/make_waveform_goldens.py > tests/goldens/waveform.json

The frame of every layer is a matrix of atoms, T x (N L), with negative frequencies as columns of their own; the rows of
W at a frequency and at its negative are one. Nothing is transformed fast, and no coefficient is weighted.
"""
import json

import numpy as np


def noise(count, seed):
    state, values = seed, np.empty(count)
    for t in range(count):
        state = (1103515245 * state + 12345) % (1 << 31)
        values[t] = state / (1 << 30) - 1
    return values


def tight_window(length, hop):
    w = np.sin(np.pi * (np.arange(length) + 0.5) / length)
    sums = np.array([np.sum(w[t::hop] ** 2) for t in range(hop)])
    return w / np.sqrt(sums[np.arange(length) % hop])


def atoms(samples, length, hop):
    w, lead = tight_window(length, hop), length - hop
    frames = (samples - 1 + lead) // hop + 1
    phi = np.zeros((samples, frames, length), complex)
    t = np.arange(length)
    for n in range(frames):
        at = n * hop - lead + t
        inside = (at >= 0) & (at < samples)
        for f in range(length):
            phi[at[inside], n, f] = (w * np.exp(2j * np.pi * f * t / length))[inside] / np.sqrt(length)
    return phi.reshape(samples, frames * length), frames


class Layer:
    def __init__(self, samples, length, hop, rank, layers, signal, seed):
        self.phi, self.frames = atoms(samples, length, hop)
        self.length, self.bins, self.rank = length, length // 2 + 1, rank
        assert np.allclose(self.phi @ self.phi.conj().T, np.eye(samples))
        self.mirror = np.minimum(np.arange(length), length - np.arange(length))
        self.w = 0.5 + 0.4 * noise(self.bins * rank, seed).reshape(self.bins, rank)
        self.h = 0.5 + 0.4 * noise(self.frames * rank, seed + 1).reshape(self.frames, rank)
        self.c = (self.phi.conj().T @ signal).reshape(self.frames, length) / layers

    def y(self):
        return self.h @ self.w[self.mirror].T

    def signal(self, a):
        return (self.phi @ a.ravel()).real

    def step(self, p):
        w = self.w[self.mirror]
        r = 1 / self.y()
        self.h = np.maximum(self.h * ((p * r * r) @ w / (r @ w)), 1e-12)
        r = 1 / self.y()
        up, down = (p * r * r).T @ self.h, r.T @ self.h
        for f in range(self.bins):
            same = self.mirror == f
            self.w[f] = np.maximum(self.w[f] * (up[same].sum(0) / down[same].sum(0)), 1e-12 / self.bins)


def run(case):
    t = np.arange(case["samples"])
    x = np.sin(0.35 * t) * (t < 150) + 0.6 * np.sin(0.9 * t) * (t > 90) + 0.2 * noise(len(t), 7)
    x[100] += 3
    layers = [Layer(len(t), length, hop, rank, len(case["layers"]), x, 11 + 2 * j)
              for j, (length, hop, rank) in enumerate(case["layers"])]
    lam, marginal = case["noise"], case["marginal"]
    kept = case["kept"]
    share = lam * np.linalg.norm(layers[0].phi[:, len(t) // 2 // layers[0].length * layers[0].length]) ** 2 if kept \
        else lam / len(layers)

    def rest(parts):
        return x - sum(layer.signal(a) for layer, a in zip(layers, parts))

    def shrunk(layer):
        y = layer.y()
        return y / (y + share) * layer.c if marginal else layer.c

    def objective():
        if marginal:
            return sum(np.sum(np.abs(q.c) ** 2 / (q.y() + share) + np.log(q.y() + share)) for q in layers)
        return np.sum(rest([q.c for q in layers]) ** 2) / lam + sum(
            np.sum(np.abs(q.c) ** 2 / q.y() + np.log(q.y())) for q in layers)

    objectives = [objective()]
    for _ in range(8):
        a = [shrunk(q) for q in layers]
        r = rest(a)
        for q, before in zip(layers, a):
            y = q.y()
            z = q.c if kept else before + (q.phi.conj().T @ r).reshape(before.shape) / len(layers)
            gain = y / (y + share)
            q.c = z if marginal else gain * z
            q.step(np.abs(gain * z) ** 2 + (gain * share if marginal else 0))
        objectives.append(objective())
    assert np.all(np.diff(objectives) <= 0)
    return case | {
        "signal": x.tolist(), "objectives": objectives, "layer_signals": [q.signal(shrunk(q)).tolist() for q in layers],
        "dictionaries": [q.w.ravel().tolist() for q in layers],
        "activations": [q.h.ravel().tolist() for q in layers]}


one, two = [[32, 16, 3]], [[32, 8, 3], [8, 4, 2]]
print(json.dumps([
    run({"samples": 240, "noise": 0.05 if marginal else 0.001, "marginal": marginal, "kept": False, "layers": layers})
    for layers in (one, two) for marginal in (True, False)]
    + [run({"samples": 240, "noise": 0.05, "marginal": True, "kept": True, "layers": one})]))
