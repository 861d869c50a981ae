#!/usr/bin/env python3
"""Writes wav.json: WAV files as other programs write them, and the samples that SciPy or libsndfile read from each.

Run with a Python that has SciPy and soundfile, and with SoX: python3 tests/goldens/make_wav_goldens.py
SciPy reads by the size of a frame, as the format is defined, and is asked first; RF64 is left to libsndfile. Samples are on the scale of full scale 1.
"""
import io
import json
import pathlib
import struct
import subprocess
import warnings

import numpy as np
import soundfile
from scipy.io import wavfile

warnings.simplefilter("ignore")
GUID_TAIL = bytes([0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71])
RATE = 8000


def form(tag, channels, bits, container, valid=None, end="<"):
    frame = channels * container
    bytes_ = struct.pack(end + "HHIIHH", tag if valid is None else 0xFFFE, channels, RATE, RATE * frame, frame, bits)
    if valid is not None:
        bytes_ += struct.pack(end + "HHIIHH", 22, valid, 0, tag, 0, 0x10) + GUID_TAIL
    return bytes_


def riff(format_, data, end="<", kind=None, data_size=None, riff_size=None, before=b"", pad=b""):
    def chunk(name, content, size=None):
        return name + struct.pack(end + "I", len(content) if size is None else size) + content

    body = b"WAVE" + before + chunk(b"fmt ", format_) + chunk(b"data", data, data_size) + pad
    return (kind or (b"RIFF" if end == "<" else b"RIFX")) + struct.pack(end + "I", len(body) if riff_size is None else riff_size) + body


def integers(bits, container, end="<"):
    """Left-justified in the container: the lowest bits are 0."""
    values = [0x12345678, -0x456789AB, 0x7FFFFFFF, -0x80000000, 0, -1]
    values = [(v >> (32 - bits)) << (32 - bits) for v in values]
    packed = [struct.pack(end + "i", v) for v in values]
    return b"".join(p[4 - container:] if end == "<" else p[:container] for p in packed)


def ds64(data_size, samples):
    return b"ds64" + struct.pack("<IQQQI", 28, 0, data_size, samples, 0)


def sox(*arguments, pipe):
    sound = ["-n", "-r", str(RATE), *arguments]
    if pipe:
        return subprocess.run(["sox", "-D", *sound, "-t", "wav", "-", "synth", "0.002", "sine", "440"], check=True, capture_output=True).stdout
    path = pathlib.Path("/tmp/sox.wav")
    subprocess.run(["sox", "-D", *sound, str(path), "synth", "0.002", "sine", "440"], check=True, capture_output=True)
    return path.read_bytes()


def rf64():
    file = io.BytesIO()
    soundfile.write(file, np.linspace(-1, 0.9, 12).reshape(6, 2), RATE, format="RF64", subtype="PCM_16")
    return file.getvalue()


d16 = integers(16, 2)
FILES = [
    # name, bytes, how many warnings are due
    ("12 bits in 16", riff(form(1, 1, 12, 2), integers(12, 2)), 0),
    ("12 valid bits in 16", riff(form(1, 1, 16, 2, valid=12), integers(12, 2)), 0),
    ("20 bits in 24", riff(form(1, 1, 20, 3), integers(20, 3)), 0),
    ("20 valid bits in 24", riff(form(1, 2, 24, 3, valid=20), integers(20, 3)), 0),
    ("20 bits in 24, extensible", riff(form(1, 1, 20, 3, valid=20), integers(20, 3)), 0),
    ("24 valid bits in 32", riff(form(1, 1, 32, 4, valid=24), integers(24, 4)), 0),
    ("24 bits in 32", riff(form(1, 1, 24, 4), integers(24, 4)), 0),
    ("24 bits in 32, extensible", riff(form(1, 2, 24, 4, valid=24), integers(24, 4)), 0),
    ("RIFX of 16 bits", riff(form(1, 2, 16, 2, end=">"), integers(16, 2, ">"), ">"), 0),
    ("RIFX of 24 bits", riff(form(1, 1, 24, 3, end=">"), integers(24, 3, ">"), ">"), 0),
    ("RIFX of floating point, extensible", riff(form(3, 1, 32, 4, valid=32, end=">"), struct.pack(">4f", 0.1, -0.2, 1, -1), ">"), 0),
    ("RIFX of doubles", riff(form(3, 1, 64, 8, end=">"), struct.pack(">2d", 0.1, -0.2), ">"), 0),
    ("RIFX of SoX", sox("-b", "16", "-c", "2", "-B", pipe=False), 0),
    ("SoX to a pipe", sox("-b", "16", "-c", "1", pipe=True), 0),
    ("SoX to a pipe, 24 bits", sox("-b", "24", "-c", "2", pipe=True), 0),
    ("SoX to a pipe, floating point", sox("-b", "32", "-e", "floating-point", "-c", "1", pipe=True), 0),
    ("pipe of all ones", riff(form(1, 1, 16, 2), d16, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF), 0),
    ("RF64 of libsndfile", rf64(), 0),
    ("RF64", riff(form(1, 1, 16, 2), d16, kind=b"RF64", data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF, before=ds64(len(d16), 6)), 0),
    ("trailing byte", riff(form(1, 1, 16, 2), d16 + b"\x55", pad=b"\0"), 1),
    ("trailing byte without padding", riff(form(1, 1, 16, 2), d16 + b"\x55"), 1),
    ("odd data without padding", riff(form(1, 1, 8, 1), b"\x01\x80\xff"), 0),
]


def samples(content):
    try:
        _, values = wavfile.read(io.BytesIO(content))
    except Exception:
        values, _ = soundfile.read(io.BytesIO(content), dtype="float64")
    values = values.reshape(len(values), -1)
    if values.dtype == np.uint8:
        values = (values.astype(float) - 128) / 128
    elif values.dtype.kind == "i":
        values = values / -float(np.iinfo(values.dtype).min)
    return [float(np.float32(v)) for v in values.ravel()]


golden = []
for name, content, count in FILES:
    golden.append({"name": name, "warnings": count, "file": content.hex(), "samples": samples(content)})
target = pathlib.Path(__file__).with_name("wav.json")
target.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in golden) + "\n]\n")
print(f"{len(golden)} files")
