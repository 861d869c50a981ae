"""Golden values of independent low-rank matrix analysis (Kitamura et al. 2016) and FastMNMF2 (Sekiguchi et al. 2020).

    python3 tests/goldens/make_demixing_goldens.py > tests/goldens/demixing.json
    python3 tests/goldens/make_demixing_goldens.py --time

In plain numpy, all frequencies and frames at once. Updates: spectra, activations and gains by majorisation-
minimisation, rows of the demixing matrices by iterative projection (Ono 2011). Coefficients of frequencies 0 and half
the sample rate are real, and real Gaussians have half the logarithm of the likelihood. The second form prints seconds
per iteration of 513 frequencies x 625 frames.
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


def weights(bins):
    weight = np.ones(bins)
    weight[[0, -1]] = 0.5
    return weight


def objective(x, q, g, w, h, source):
    y = np.einsum("fmi,fni->fnm", q, x, optimize=True)
    model = variances(w, h, source, len(g)) @ g
    weight = weights(len(x))
    constant = np.where(weight == 1, np.log(np.pi), np.log(2 * np.pi)) * x.shape[2]
    terms = (np.log(model) + np.abs(y) ** 2 / model).sum((1, 2))
    determinant = np.log(np.abs(np.linalg.det(q)))
    return float((weight * (terms + x.shape[1] * (constant - 2 * determinant))).sum())


def variances(w, h, source, sources):
    """frequencies x frames x sources"""
    return np.stack([w[:, source == j] @ h[source == j] for j in range(sources)], axis=2)


def step(x, q, g, w, h, source, learns_gains):
    bins, frames, channels = x.shape
    sources, weight = len(g), weights(bins)[:, None]
    p = np.abs(np.einsum("fmi,fni->fnm", q, x, optimize=True)) ** 2

    def gradient():
        model = variances(w, h, source, sources) @ g
        return (p / model ** 2) @ g.T, (1 / model) @ g.T

    negative, positive = gradient()
    w = w * np.sqrt(np.stack([(negative[..., source[k]] @ h[k]) / (positive[..., source[k]] @ h[k])
                              for k in range(len(h))], axis=1))
    negative, positive = gradient()
    h = h * np.sqrt(np.stack([((weight[:, 0] * w[:, k]) @ negative[..., source[k]])
                              / ((weight[:, 0] * w[:, k]) @ positive[..., source[k]]) for k in range(len(h))]))
    v = variances(w, h, source, sources)
    if learns_gains:
        model = v @ g
        g = g * np.sqrt(np.einsum("fnj,fnm->jm", weight[..., None] * v, p / model ** 2, optimize=True)
                        / np.einsum("fnj,fnm->jm", weight[..., None] * v, 1 / model, optimize=True))
    model, q = v @ g, q.copy()
    for m in range(channels):
        cov = np.einsum("fn,fni,fnl->fil", 1 / model[..., m], x, np.conj(x), optimize=True) / frames
        unit = np.zeros((bins, channels, 1))
        unit[:, m] = 1
        u = np.linalg.solve(q @ cov, unit)[..., 0]
        length = np.sqrt(np.einsum("fi,fil,fl->f", np.conj(u), cov, u, optimize=True).real)
        q[:, m] = np.conj(u / length[:, None])
    return q, g, w, h


def example(bins, frames, channels, source, seed):
    source = np.array(source)
    draw = noise(2 * bins * frames * channels + bins * len(source) + len(source) * frames, seed)
    at = bins * frames * channels
    x = (draw[:at] + 1j * draw[at:2 * at]).reshape(bins, frames, channels)
    loud = 0.05 + np.abs(noise(bins * frames, seed + 1)).reshape(bins, frames, 1) ** 3
    x = x * loud
    x[..., 1:] += 0.5 * x[..., :1]
    x[0], x[-1] = x[0].real, x[-1].real
    # A mean power between 1 and 4, in single precision: fits read the numbers as they are.
    x = (x * np.sqrt(2 / np.mean(np.abs(x) ** 2))).astype(np.complex64).astype(complex)
    w = 1.1 + draw[2 * at:2 * at + bins * len(source)].reshape(bins, -1)
    h = 1.1 + draw[2 * at + bins * len(source):].reshape(len(source), frames)
    return x, w, h, source


def main():
    cases = []
    for name, channels, source, learns, seed in [
            ("ilrma", 2, [0, 0, 1, 1], False, 1), ("ilrma of three channels", 3, [0, 0, 1, 1, 2], False, 2),
            ("fastmnmf2", 2, [0, 0, 1, 1, 2], True, 3), ("fastmnmf2 of three channels", 3, [0, 0, 1, 1], True, 4)]:
        x, w, h, source = example(9, 21, channels, source, seed)
        sources = source[-1] + 1
        g = np.eye(sources) if not learns else 0.1 + np.abs(noise(sources * channels, 9)).reshape(sources, channels)
        q = np.tile(np.eye(channels, dtype=complex), (9, 1, 1))
        case = {"name": name, "channels": channels, "source": source.tolist(), "learnsGains": learns,
                "real": x.real.tolist(), "imaginary": x.imag.tolist(), "dictionary": w.tolist(),
                "activations": h.tolist(), "gains": g.tolist(),
                "objectives": [objective(x, q, g, w, h, source)]}
        for _ in range(5):
            q, g, w, h = step(x, q, g, w, h, source, learns)
            case["objectives"].append(objective(x, q, g, w, h, source))
        case.update(demixingReal=q.real.tolist(), demixingImaginary=q.imag.tolist(), gainsAfter=g.tolist(),
                    dictionaryAfter=w.tolist(), activationsAfter=h.tolist())
        assert all(b <= a + 1e-9 * abs(a) for a, b in zip(case["objectives"], case["objectives"][1:]))
        cases.append(case)
    json.dump(cases, sys.stdout)
    print()


def measure():
    for learns in [False, True]:
        source = [0] * 4 + [1] * 4 + ([2] * 4 if learns else [])
        x, w, h, source = example(513, 625, 2, source, 1)
        g = np.full((source[-1] + 1, 2), 0.5) if learns else np.eye(2)
        q = np.tile(np.eye(2, dtype=complex), (513, 1, 1))
        q, g, w, h = step(x, q, g, w, h, source, learns)
        began = time.perf_counter()
        for _ in range(5):
            q, g, w, h = step(x, q, g, w, h, source, learns)
        print("fastmnmf2" if learns else "ilrma", (time.perf_counter() - began) / 5, "s per iteration")


if __name__ == "__main__":
    measure() if "--time" in sys.argv else main()
