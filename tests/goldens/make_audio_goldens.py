"""Goldens for Nmf.Audio.Tests, from the definitions, with numpy, scipy, mir_eval and Python's wave module.

Run:  python3 make_audio_goldens.py > audio.json      (made with Python 3.11, numpy 1.24)

* stft: the transform of every frame by an explicit sum over exp(-2 pi i f t / N), no fast transform.
* bss: BSS Eval (Vincent, Gribonval and Fevotte 2006): the estimate is projected on the span of the delayed sources by least squares on
  the explicit matrix of delays; no normal equations, no fast correlation. The program asks for what mir_eval 0.7 computes, to 1e-6 dB.
* images: BSS Eval of images (Vincent et al. 2007) in the same way; with 512 taps by mir_eval 0.7.
* wave: files as Python's wave module writes them.
"""
import io
import itertools
import json
import wave

import mir_eval
import numpy as np
import scipy.signal


def noise(count, seed):
    """Integers of a linear congruential generator, the same bits in every language."""
    state, values = seed, np.empty(count)
    for t in range(count):
        state = (1103515245 * state + 12345) % 2**31
        values[t] = state / 2**30 - 1
    return values


def single(x):
    return np.asarray(x, dtype=np.float32).astype(np.float64)


# --- short-time Fourier transform
def window(name, length):
    t = np.arange(length)
    if name == "Sine":
        return np.sin(np.pi * (t + 0.5) / length)
    if name == "Hann":
        return 0.5 - 0.5 * np.cos(2 * np.pi * t / length)
    return 0.54 - 0.46 * np.cos(2 * np.pi * t / length)


def stft(x, name, length, hop, fft, padding, tight):
    w = window(name, length)
    if tight:
        w = w / np.sqrt(np.array([sum(w[s] ** 2 for s in range(t % hop, length, hop)) for t in range(length)]))
    if padding in ("Centred", "Reflected"):
        # librosa 0.10: the window in the middle of the transform, half a transform of padding on both sides.
        before = (fft - length) // 2
        w = np.concatenate([np.zeros(before), w, np.zeros(fft - length - before)])
        x = np.pad(x, fft // 2, mode="constant" if padding == "Centred" else "reflect")
        length = fft
        frames = (len(x) - length) // hop + 1
    else:
        x = np.concatenate([np.zeros(length - hop if padding == "Full" else 0), x])
        frames = (len(x) - 1) // hop + 1 if padding == "Full" else (len(x) - length) // hop + 1
    x = np.concatenate([x, np.zeros(length)])
    basis = np.exp(-2j * np.pi * np.outer(np.arange(fft // 2 + 1), np.arange(length)) / fft)
    frames = np.array([basis @ (w * x[n * hop:n * hop + length]) for n in range(frames)])
    return frames / np.sqrt(fft) if tight else frames


signal = single(0.5 * np.sin(0.3 * np.arange(50)) + 0.25 * noise(50, 7))
transforms = []
for name, length, hop, fft, padding, tight in (
        ("Sine", 16, 8, 16, "Full", True), ("Sine", 16, 8, 16, "None", False), ("Hann", 16, 4, 32, "Full", True),
        ("Hann", 12, 5, 16, "None", False), ("Hamming", 16, 8, 16, "Full", True), ("Hann", 12, 5, 15, "Full", True),
        ("Hann", 16, 4, 16, "Centred", False), ("Hann", 15, 3, 20, "Centred", True), ("Sine", 12, 3, 19, "Centred", False),
        ("Sine", 16, 4, 16, "Reflected", False), ("Hann", 15, 3, 20, "Reflected", False), ("Sine", 20, 5, 25, "Reflected", False),
        ("Sine", 13, 3, 17, "Reflected", False)):
    spectrum = stft(signal, name, length, hop, fft, padding, tight)
    transforms.append(dict(window=name, length=length, hop=hop, fft=fft, padding=padding, tight=tight, frames=spectrum.shape[0],
                           values=np.stack([spectrum.real, spectrum.imag], -1).ravel().round(9).tolist()))

# --- sums over the spectra that numpy.fft gives, with weights that tell every coefficient from every other
fourier = []
for length in (*range(2, 40), 882, 997, 1000, 1009, 1764, 2205):
    spectrum = np.fft.rfft(noise(length, 5))
    total = np.sum(spectrum * np.exp(1j * np.arange(len(spectrum)) ** 2))
    fourier.append([length, float(total.real), float(total.imag)])

# --- mel bands of a power spectrum 1, 2, 3, ... of a transform of 256 at 16 kHz
power = np.arange(1.0, 130.0)
edges = 700 * (10 ** (np.linspace(2595 * np.log10(1 + 100 / 700), 2595 * np.log10(1 + 7000 / 700), 12) / 2595) - 1)
frequency = np.arange(129) * 16000 / 256
mel = [float(power @ np.interp(frequency, edges[b:b + 3], [0, 1, 0])) for b in range(10)]


# --- BSS Eval
def delays(x, taps, length):
    matrix = np.zeros((length, taps))
    for d in range(taps):
        matrix[d:d + len(x), d] = x
    return matrix


def project(matrix, y):
    return matrix @ np.linalg.lstsq(matrix, y, rcond=None)[0]


def decibels(a, b):
    return float(10 * np.log10((a @ a) / (b @ b)))


def bss(sources, estimates, taps):
    length = sources.shape[1] + taps - 1
    spaces = [delays(s, taps, length) for s in sources]
    everything = np.hstack(spaces)
    table = np.zeros((3, len(estimates), len(sources)))
    for i, estimate in enumerate(estimates):
        y = np.concatenate([estimate, np.zeros(taps - 1)])
        all_sources = project(everything, y)
        for j, space in enumerate(spaces):
            target = project(space, y)
            interference = all_sources - target
            artifacts = y - all_sources
            table[:, i, j] = decibels(target, interference + artifacts), decibels(target, interference), decibels(target + interference, artifacts)
    best = max(itertools.permutations(range(len(sources))), key=lambda p: sum(table[1, p[j], j] for j in range(len(sources))))
    return dict(taps=taps, sdr=[table[0, best[j], j] for j in range(len(sources))], sir=[table[1, best[j], j] for j in range(len(sources))],
                sar=[table[2, best[j], j] for j in range(len(sources))], order=list(best))


def si_sdr(source, estimate):
    target = (estimate @ source) / (source @ source) * source
    return decibels(target, estimate - target)


T = 2500
white = [noise(T, s) for s in (11, 22, 33)]
sources = single([np.convolve(w, k)[:T] for w, k in zip(white, ([1, 0.9, 0.5], [1, -0.8], [1, 0, 0.7, 0, 0.3]))])
# Filters of source 0, 1 and 2 in each estimate: the first estimate is of source 1, the second of 2, the third of 0.
mixing = [([0.1, 0.05], [0.9, 0.2, 0, 0.1], [0.02, 0, 0.1]), ([0.2], [0.1, -0.05], [0.8, 0.3, 0.1]), ([0.9, -0.3, 0, 0.1], [0.05], [0.3])]
estimates = single([sum(np.convolve(sources[j], f)[:T] for j, f in enumerate(m)) + 0.05 * noise(T, 100 + i) for i, m in enumerate(mixing)])
evaluation = [bss(sources, estimates, taps) for taps in (1, 16, 512)]

expected = mir_eval.separation.bss_eval_sources(sources, estimates)
for name, values in zip(("sdr", "sir", "sar", "order"), expected):
    assert np.allclose(evaluation[2][name], values, atol=1e-6), name


def images(sources, estimates, taps):
    """sources, estimates: n x T x I."""
    count, length, channels = sources.shape
    spaces = [np.hstack([delays(s[:, c], taps, length + taps - 1) for c in range(channels)]) for s in sources]
    everything = np.hstack(spaces)
    padded = lambda x: np.concatenate([x, np.zeros((taps - 1, channels))])
    table = np.zeros((4, count, count))
    for i, estimate in enumerate(estimates):
        y = padded(estimate)
        all_sources = project(everything, y)
        for j, space in enumerate(spaces):
            image, target = padded(sources[j]), project(space, y)
            table[:, i, j] = [decibels(a.ravel(), b.ravel()) for a, b in (
                (image, y - image), (image, target - image), (target, all_sources - target), (all_sources, y - all_sources))]
    best = max(itertools.permutations(range(count)), key=lambda p: sum(table[2, p[j], j] for j in range(count)))
    return [[float(table[m, best[j], j]) for j in range(count)] for m in range(4)] + [list(best)]


# Two or three sources in two channels; the estimate of each has some of the next one, a filter of its own, and noise. The channels
# have noise of their own, too: without it their delays depend on each other, and mir_eval, which solves the normal equations as they
# are, gives no true SIR and SAR.
rooms = [([0.9, 0.3, 0, 0.1], [0.3, 0, 0.2]), ([0.2, 0.1], [0.8, 0, 0, 0.3]), ([0.5], [0.6, -0.2])]
image_sources = single([np.stack([np.convolve(noise(T, 11 * (j + 1)), h)[:T] + 0.2 * noise(T, 300 + 2 * j + c)
                                  for c, h in enumerate(room)], 1) for j, room in enumerate(rooms)])
image_estimates = single([np.stack([np.convolve(image_sources[(j + 1) % 3][:, c], [0.9, 0.1 * c])[:T] + 0.1 * image_sources[(j + 2) % 3][:, c]
                                    + 0.05 * noise(T, 200 + 2 * j + c) for c in range(2)], 1) for j in range(3)])
image_evaluation = []
for count, taps in ((3, 1), (3, 16), (2, 512)):
    truth = image_sources[:count]
    estimate = image_estimates if count == 3 else image_estimates[[0, 2]]
    if taps == 512:
        sdr, isr, sir, sar, order = (x.tolist() for x in mir_eval.separation.bss_eval_images(truth, estimate))
    else:
        sdr, isr, sir, sar, order = images(truth, estimate, taps)
    image_evaluation.append(dict(taps=taps, sdr=sdr, isr=isr, sir=sir, sar=sar, order=order))

# --- Change of rate: scipy's polyphase filter with the filter of the definition, a Kaiser-windowed sinc
def prototype(up, down):
    ratio = min(1, up / down)
    half = int(np.ceil((100 - 7.95) / (2.285 * np.pi * 0.08) / 2 / ratio))
    t = np.arange(-half * up, half * up + 1) / up
    h = np.sinc(ratio * 0.96 * t) * np.kaiser(len(t), 0.1102 * (100 - 8.7))
    return h / h.sum()


resampled = [{"from": a, "to": b, "values": scipy.signal.resample_poly(single(noise(600, 4)), b, a, window=prototype(b, a)).round(9).tolist()}
             for a, b in ((3, 2), (2, 3), (441, 160))]

# --- WAV
def written(width, channels, rate, data):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return buffer.getvalue().hex()


files = [dict(width=w, channels=c, rate=r, data=bytes(range(10, 10 + w * c * 4)).hex(), file=written(w, c, r, bytes(range(10, 10 + w * c * 4))))
         for w, c, r in ((1, 1, 8000), (2, 1, 22050), (2, 2, 44100), (3, 2, 48000), (4, 1, 96000))]

print(json.dumps(dict(signal=signal.tolist(), transforms=transforms, fourier=fourier, mel=mel, evaluation=evaluation, images=image_evaluation, resampled=resampled,
                      siSdr=[si_sdr(s, e) for s, e in zip(sources, estimates[[2, 0, 1]])], files=files)))
