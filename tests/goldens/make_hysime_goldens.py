"""HySime on synthetic scenes, as goldens for HySimeTests.

Run:  python3 make_hysime_goldens.py > hysime.json      (made with numpy 1.24)

Bioucas-Dias and Nascimento, "Hyperspectral subspace identification", 2008, written from the paper: the noise of a band is what a least-squares regression on the
other bands leaves, computed band by band with lstsq; its correlation matrix is taken to be diagonal; the directions are the eigenvectors of the signal's
correlation matrix. As in the authors' program, 1e-5 of the mean signal power of a band is added to the noise. Numbers come from a linear congruential
generator, so that the test makes the same scenes.
"""
import json
import math

import numpy as np

PIXELS, BANDS = 600, 40


class Uniform:
    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (6364136223846793005 * self.state + 1442695040888963407) % 2**64
        return ((self.state >> 11) + 0.5) / 2**53


def scene(count, decibels, seed):
    u = Uniform(seed)
    spectra = np.empty((BANDS, count))
    for k in range(count):
        level = 0.3 + 0.4 * u()
        bumps = [(u(), 0.03 + 0.1 * u(), 0.6 * u() - 0.3) for _ in range(5)]
        for f in range(BANDS):
            spectra[f, k] = level + sum(h * math.exp(-0.5 * ((f / BANDS - at) / width) ** 2) for at, width, h in bumps)
    shares = np.empty((PIXELS, count))
    for n in range(PIXELS):
        for k in range(count):
            shares[n, k] = -math.log(u())
        shares[n] /= shares[n].sum()
    clean = shares @ spectra.T
    deviation = math.sqrt((clean**2).mean()) * 10 ** (-decibels / 20)
    noise = np.empty_like(clean)
    for n in range(PIXELS):
        for f in range(BANDS):
            noise[n, f] = math.sqrt(-2 * math.log(u())) * math.cos(2 * math.pi * u())
    return np.maximum(clean + deviation * noise, 0), deviation


def hysime(z):
    n, f = z.shape
    noise = np.empty_like(z)
    for band in range(f):
        others = np.delete(z, band, axis=1)
        noise[:, band] = z[:, band] - others @ np.linalg.lstsq(others, z[:, band], rcond=None)[0]
    signal = z - noise
    r_y, r_x = z.T @ z / n, signal.T @ signal / n
    r_n = np.diag((noise**2).mean(axis=0) + np.trace(r_x) / f * 1e-5)
    values, vectors = np.linalg.eigh(r_x)
    vectors = vectors[:, ::-1]
    p_y = np.einsum("fk,fg,gk->k", vectors, r_y, vectors)
    p_n = np.einsum("fk,fg,gk->k", vectors, r_n, vectors)
    return int((p_y > 2 * p_n).sum()), p_y, p_n, np.sqrt((noise**2).mean(axis=0))


if __name__ == "__main__":
    cases = []
    for count in (3, 5, 8):
        for decibels in (30, 40, 50):
            z, deviation = scene(count, decibels, 100 * count + decibels)
            found, p_y, p_n, deviations = hysime(z)
            cases.append({"count": count, "decibels": decibels, "seed": 100 * count + decibels, "sum": float(z.sum()), "found": found, "deviation": deviation,
                          "signalAndNoise": p_y[:12].tolist(), "noise": p_n[:12].tolist(), "deviations": deviations.tolist()})
    print(json.dumps({"cases": cases}, indent=1))
