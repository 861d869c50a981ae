"""Golden values of multichannel nonnegative matrix factorisation (Ozerov and Fevotte 2010), in plain numpy.

    python3 tests/goldens/make_multichannel_goldens.py > tests/goldens/multichannel.json
    python3 tests/goldens/make_multichannel_goldens.py --time [expectation | multiplicative]

Every quantity is computed as the paper writes it, for all frequencies and frames at once: posterior covariances of
sources and components with their gains, no shortcuts. Coefficients of frequencies 0 and half the sample rate are real,
and real Gaussians have half the logarithm of the likelihood. The second form prints seconds per iteration.
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


def inverse(m):
    if m.shape[-1] != 2:
        return np.linalg.inv(m)
    det = m[..., 0, 0] * m[..., 1, 1] - m[..., 0, 1] * m[..., 1, 0]
    out = np.empty_like(m)
    out[..., 0, 0], out[..., 1, 1] = m[..., 1, 1] / det, m[..., 0, 0] / det
    out[..., 0, 1], out[..., 1, 0] = -m[..., 0, 1] / det, -m[..., 1, 0] / det
    return out


def bin_weights(bins):
    weight = np.ones(bins)
    weight[[0, -1]] = 0.5
    return weight


def covariance(a, v, b):
    """Sigma_x, frequencies x frames x channels x channels."""
    s = (a[:, None] * v[:, :, None, :]) @ np.conj(a.swapaxes(1, 2))[:, None]
    i = np.arange(a.shape[1])
    s[:, :, i, i] += b[:, None, :]
    return s


def objective(x, a, w, h, b, source):
    """Minus the logarithm of the likelihood."""
    v = variances(w, h, source, a.shape[2])
    s = covariance(a, v, b)
    quadratic = (np.conj(x) * (inverse(s) @ x[..., None])[..., 0]).sum(-1).real
    weight = bin_weights(len(x))
    constant = np.where(weight == 1, np.log(np.pi), np.log(2 * np.pi)) * x.shape[2]
    logarithm = np.log(np.linalg.det(s).real)
    return float((weight[:, None] * (constant[:, None] + logarithm + quadratic)).sum())


def variances(w, h, source, sources):
    return np.stack([w[:, source == j] @ h[source == j] for j in range(sources)], axis=2)


def expectation_step(x, a, w, h, b, source, instantaneous, estimate_noise, floor=0.0):
    """One iteration; x is frequencies x frames x channels."""
    bins, frames, channels = x.shape
    sources = a.shape[2]
    v = variances(w, h, source, sources)
    precision = inverse(covariance(a, v, b))
    ah = np.conj(a.swapaxes(1, 2))[:, None]
    gain = v[..., None] * (ah @ precision)
    s = (gain @ x[..., None])[..., 0]
    posterior = np.eye(sources) * v[:, :, None, :] - (gain @ a[:, None]) * v[:, :, None, :]
    rxx = np.einsum("fni,fnk->fik", x, np.conj(x), optimize=True) / frames
    rxs = np.einsum("fni,fnj->fij", x, np.conj(s), optimize=True) / frames
    rss = np.einsum("fnj,fnl->fjl", s, np.conj(s), optimize=True) / frames + posterior.mean(1)

    component = w[:, None, :] * h.T[None]
    wide = a[:, :, source]
    gain = component[..., None] * (np.conj(wide.swapaxes(1, 2))[:, None] @ precision)
    c = (gain @ x[..., None])[..., 0]
    diagonal = (gain * wide.swapaxes(1, 2)[:, None]).sum(-1).real
    u = np.abs(c) ** 2 + component - diagonal * component

    weight = bin_weights(bins)
    if instantaneous:
        rows = []
        for i in range(channels):
            per = (weight / b[:, i])[:, None]
            left = (per * rxs[:, i]).sum(0).real
            right = (per[..., None] * rss).sum(0).real
            rows.append(np.linalg.solve(right.T, left))
        a = np.repeat(np.stack(rows)[None].astype(complex), bins, 0)
    else:
        a = rxs @ inverse(rss) if sources == 2 else rxs @ np.linalg.inv(rss)
    if estimate_noise:
        cross = a @ np.conj(rxs.swapaxes(1, 2))
        residual = rxx - cross - np.conj(cross.swapaxes(1, 2)) + a @ rss @ np.conj(a.swapaxes(1, 2))
        b = np.maximum(np.einsum("fii->fi", residual).real, floor)
    active = (h > 0)
    ratio = np.divide(u, h.T[None], out=np.zeros_like(u), where=active.T[None])
    w = ratio.sum(1) / active.sum(1)
    h = ((weight[:, None, None] * u / w[:, None, :]).sum(0) / weight.sum()).T
    return a, w, h, b


def channel_cost(v, q, w, h, source):
    y = variances(w, h, source, q.shape[2]) @ q.swapaxes(1, 2)
    return float((v / y - np.log(v / y) - 1).sum())


def multiplicative_step(v, q, w, h, source, instantaneous, exponent):
    """One iteration; v is frequencies x frames x channels, q frequencies x channels x sources."""
    p = variances(w, h, source, q.shape[2])
    y = p @ q.swapaxes(1, 2)
    up, down = (v / y ** 2).swapaxes(1, 2) @ p, (1 / y).swapaxes(1, 2) @ p
    if instantaneous:
        up, down = up.sum(0, keepdims=True), down.sum(0, keepdims=True)
    q = q * (up / down) ** exponent
    y = p @ q.swapaxes(1, 2)
    up, down = (v / y ** 2) @ q, (1 / y) @ q
    w = w * (np.einsum("fnk,kn->fk", up[..., source], h, optimize=True)
             / np.einsum("fnk,kn->fk", down[..., source], h, optimize=True)) ** exponent
    y = variances(w, h, source, q.shape[2]) @ q.swapaxes(1, 2)
    up, down = (v / y ** 2) @ q, (1 / y) @ q
    h = h * (np.einsum("fnk,fk->kn", up[..., source], w, optimize=True)
             / np.einsum("fnk,fk->kn", down[..., source], w, optimize=True)) ** exponent
    return q, w, h


def problem(bins, frames, channels, components, instantaneous, masked, seed=1):
    """Data in single precision and a start, all from one stream of numbers."""
    source = np.repeat(np.arange(len(components)), components)
    rank, sources = len(source), len(components)
    numbers = noise(2 * bins * frames * channels, seed).reshape(bins, frames, channels, 2)
    numbers = numbers.astype(np.float32).astype(float)
    # Frames of different loudness: a start of equal components would be symmetric otherwise.
    x = (numbers[..., 0] + 1j * numbers[..., 1])
    x[[0, -1]] = x[[0, -1]].real
    w = 0.5 + 0.4 * noise(bins * rank, seed + 1).reshape(bins, rank)
    h = 0.5 + 0.4 * noise(rank * frames, seed + 2).reshape(rank, frames)
    mixing = noise(2 * bins * channels * sources, seed + 3).reshape(bins, channels, sources, 2)
    a = mixing[..., 0] + 1j * mixing[..., 1]
    a[[0, -1]] = a[[0, -1]].real
    if instantaneous:
        a = np.repeat(a[:1].real.astype(complex), bins, 0)
    b = 0.1 + 0.05 * noise(bins * channels, seed + 4).reshape(bins, channels)
    if masked:
        # The first source is silent in the first third, the last one in the last.
        h[source == 0, :frames // 3] = 0
        h[source == sources - 1, -(frames // 3):] = 0
    return x, a, w, h, b, source


def numbers(array):
    array = np.ascontiguousarray(array)
    return np.stack([array.real, array.imag], -1).ravel().tolist() if np.iscomplexobj(array) else array.ravel().tolist()


def expectation_case(bins, frames, channels, components, instantaneous, estimate, masked, iterations=5):
    x, a, w, h, b, source = problem(bins, frames, channels, components, instantaneous, masked)
    objectives = [objective(x, a, w, h, b, source)]
    for _ in range(iterations):
        a, w, h, b = expectation_step(x, a, w, h, b, source, instantaneous, estimate)
        objectives.append(objective(x, a, w, h, b, source))
    assert all(later <= earlier + 1e-9 * abs(earlier) for earlier, later in zip(objectives, objectives[1:]))
    return dict(bins=bins, frames=frames, channels=channels, components=components, instantaneous=instantaneous,
                estimate=estimate, masked=masked, objectives=objectives, mixing=numbers(a[:1] if instantaneous else a),
                dictionary=numbers(w), activations=numbers(h), noise=numbers(b))


def multiplicative_case(bins, frames, channels, components, instantaneous, exponent, masked, iterations=5):
    x, a, w, h, _, source = problem(bins, frames, channels, components, instantaneous, masked)
    v, q = np.abs(x) ** 2, np.abs(a) ** 2
    objectives = [channel_cost(v, q, w, h, source)]
    for _ in range(iterations):
        q, w, h = multiplicative_step(v, q, w, h, source, instantaneous, exponent)
        q = np.broadcast_to(q, a.shape) if instantaneous else q
        objectives.append(channel_cost(v, q, w, h, source))
    assert all(later <= earlier + 1e-9 * abs(earlier) for earlier, later in zip(objectives, objectives[1:]))
    return dict(bins=bins, frames=frames, channels=channels, components=components, instantaneous=instantaneous,
                exponent=exponent, masked=masked, objectives=objectives, mixing=numbers(q[:1] if instantaneous else q),
                dictionary=numbers(w), activations=numbers(h))


def timing(which):
    x, a, w, h, b, source = problem(513, 625, 2, [4, 4, 4], False, False)
    v, q = np.abs(x) ** 2, np.abs(a) ** 2
    for name, step in (
            ("expectation", lambda: expectation_step(x, a, w, h, b, source, False, True)),
            ("multiplicative", lambda: multiplicative_step(v, q, w, h, source, False, 0.5))):
        if name in which:
            seconds = []
            for _ in range(10):
                began = time.perf_counter()
                step()
                seconds.append(time.perf_counter() - began)
            print(f"{name}: {min(seconds):.4f} s per iteration", flush=True)


def main():
    if "--time" in sys.argv:
        timing(sys.argv[2:] or ["expectation", "multiplicative"])
        return
    sizes = [(9, 14, 2, [2, 1, 3]), (5, 11, 3, [2, 2]), (5, 9, 2, [3]), (9, 13, 2, [2, 2]), (5, 10, 4, [1, 2, 1])]
    expectation = [
        expectation_case(*size, instantaneous, estimate, masked)
        for size in sizes
        for instantaneous, estimate, masked in (
            (False, True, False), (False, False, True), (True, True, False), (True, False, False))
        if len(size[3]) > 1 or not masked]
    multiplicative = [
        multiplicative_case(*size, instantaneous, exponent, masked)
        for size in sizes[:2] for instantaneous, exponent, masked in (
            (False, 0.5, False), (False, 1.0, True), (True, 0.5, False), (True, 1.0, False))]
    json.dump(dict(expectation=expectation, multiplicative=multiplicative), sys.stdout)
    print()


if __name__ == "__main__":
    main()
