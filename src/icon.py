#!/usr/bin/env python3
"""Draws icon.png, the icon of the packages: a matrix V as the product of W (left) and H (above), three components in three colours. Nothing but Python is needed."""
import math
import struct
import zlib

SIZE, FINE = 128, 4  # pixels, and samples of each in both directions
EDGE, CELL, GAP = 14, 9, 3  # margin of the picture, size of an entry, distance between the matrices
COLOURS = [(255, 176, 59), (74, 201, 190), (236, 98, 140)]
PAPER, INK = (24, 32, 56), (44, 54, 84)

# Peaks along eight features and eight samples.
W = [[math.exp(-(((f - centre) / 1.3) ** 2)) for centre in (0.8, 3.6, 6.4)] for f in range(8)]
H = [[math.exp(-(((n - centre) / width) ** 2)) for n in range(8)] for centre, width in ((5.6, 1.6), (1.2, 1.4), (3.4, 1.0))]


def mix(weights):
    """The colours of the components on the ground, by their weights."""
    total = sum(weights)
    share = min(1.0, total)
    return tuple(
        INK[c] * (1 - share) + share * sum(w * colour[c] for w, colour in zip(weights, COLOURS)) / max(total, 1e-9) for c in range(3))


def cells():
    """Left, top and colour of every entry."""
    first = EDGE + 3 * CELL + GAP
    for f in range(8):
        for k in range(3):
            yield EDGE + k * CELL, first + f * CELL, mix([W[f][k] if j == k else 0 for j in range(3)])
    for k in range(3):
        for n in range(8):
            yield first + n * CELL, EDGE + k * CELL, mix([H[k][n] if j == k else 0 for j in range(3)])
    for f in range(8):
        for n in range(8):
            yield first + n * CELL, first + f * CELL, mix([W[f][k] * H[k][n] for k in range(3)])


def main():
    width = SIZE * FINE
    fine = [[None] * width for _ in range(width)]
    radius = 22 * FINE
    for y in range(width):
        for x in range(width):
            dx = max(radius - x - 0.5, x + 0.5 - (width - radius), 0)
            dy = max(radius - y - 0.5, y + 0.5 - (width - radius), 0)
            if dx * dx + dy * dy <= radius * radius:
                fine[y][x] = PAPER
    for left, top, colour in cells():
        for y in range(top * FINE, (top + CELL - 1) * FINE):
            for x in range(left * FINE, (left + CELL - 1) * FINE):
                fine[y][x] = colour

    rows = bytearray()
    for y in range(SIZE):
        rows.append(0)
        for x in range(SIZE):
            samples = [fine[y * FINE + i][x * FINE + j] for i in range(FINE) for j in range(FINE)]
            seen = [sample for sample in samples if sample]
            rows.extend(round(sum(sample[c] for sample in seen) / max(len(seen), 1)) for c in range(3))
            rows.append(round(255 * len(seen) / len(samples)))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(__file__.removesuffix(".py") + ".png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))


main()
