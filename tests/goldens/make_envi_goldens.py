#!/usr/bin/env python3
"""Writes envi.json: one small picture in every interleave, type and byte order, its bytes laid out by NumPy.

Run with a Python that has NumPy: python3 tests/goldens/make_envi_goldens.py
"""
import base64
import json
import pathlib

import numpy as np

LINES, SAMPLES, BANDS = 2, 3, 4
TYPES = {1: "u1", 2: "i2", 3: "i4", 4: "f4", 5: "f8", 12: "u2", 13: "u4", 14: "i8", 15: "u8"}
# From (line, sample, band) to the order in the file.
INTERLEAVES = {"bsq": (2, 0, 1), "bil": (0, 2, 1), "bip": (0, 1, 2)}


def values(kind):
    """A picture whose values differ in every bit that the type has, and that a 32-bit float holds."""
    count = LINES * SAMPLES * BANDS
    if kind == "f":
        return (np.arange(count) - 7) / 8
    if kind == "u":
        return np.arange(count) * 10 + 3
    return np.arange(count) * 10 - 113


cubes = []
for number, code in TYPES.items():
    size = int(code[1])
    base = values(code[0])
    if code[0] != "f" and size > 1:
        base = base * 131  # uses more than one byte
    cube = base.reshape(LINES, SAMPLES, BANDS)
    for interleave, axes in INTERLEAVES.items():
        for order, mark in ((0, "<"), (1, ">")):
            stored = np.ascontiguousarray(np.transpose(cube, axes)).astype(mark + code)
            cubes.append({
                "type": number, "interleave": interleave, "order": order,
                "bytes": base64.b64encode(stored.tobytes()).decode(),
                "pixels": [float(v) for v in cube.ravel()],
            })

target = pathlib.Path(__file__).with_name("envi.json")
target.write_text(json.dumps({"lines": LINES, "samples": SAMPLES, "bands": BANDS, "cubes": cubes}, separators=(",", ":")) + "\n")
