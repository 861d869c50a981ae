"""Makes spoken digits (8 kHz) and sentences (16 kHz) with the text-to-speech programs espeak-ng and flite, into folders
digits, digits-judge and speech below the folder that is given: python3 spoken-digits.py artifacts/voices. Needs NumPy
and SciPy."""
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

DIGITS = "zero one two three four five six seven eight nine".split()
VOICES = ("m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Andy Annie Gene Jacky Lee Mario Michael Steph Storm "
          "Zac").split()
JUDGES = ["awb", "kal16", "rms", "slt"]
ACCENTS = ["en-us", "en-gb", "en-gb-scotland"]
SENTENCES = [
    "The boat sailed past the harbour at noon.", "She sells fresh bread in the market square.",
    "Nobody knew why the old bridge was closed.", "He poured the coffee and read the morning paper.",
    "A quick rain washed the dust from the road.", "They measured the temperature every five minutes.",
    "My brother plays the violin in a small orchestra.", "The train to the north leaves from platform seven.",
    "We found a yellow key under the kitchen table.", "Please send the letter before the end of the week.",
    "The judge listened to both sides with patience.", "Wild geese fly south when the lakes freeze over."]
TAKES = 3

out = sys.argv[1]
random = np.random.default_rng(1)


def speak(command, text, path):
    arguments = ["-w", path, text] if command[0] == "espeak-ng" else ["-t", text, "-o", path]
    subprocess.run(command + arguments, check=True)
    rate, samples = wavfile.read(path)
    return rate, samples.astype(float) / 32768


def save(name, spoken, rate, level):
    """Cuts silence off, sets the level and adds a little noise."""
    path, (source, samples) = os.path.join(out, name), spoken
    divisor = math.gcd(source, rate)
    samples = resample_poly(samples, rate // divisor, source // divisor)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max())
    samples = samples[max(0, loud[0] - rate // 50):loud[-1] + rate // 50]
    samples = level * samples / np.sqrt((samples ** 2).mean()) + 2e-4 * random.standard_normal(len(samples))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    wavfile.write(path, rate, np.clip(32767 * samples, -32768, 32767).astype(np.int16))


with tempfile.TemporaryDirectory() as folder:
    temporary = os.path.join(folder, "spoken.wav")
    for speaker, voice in enumerate(VOICES):
        for take in range(TAKES):
            command = ["espeak-ng", "-v", f"{ACCENTS[speaker % 3]}+{voice}", "-s", str(random.integers(120, 190)),
                       "-p", str(random.integers(35, 65))]
            for digit, word in enumerate(DIGITS):
                save(f"digits/{digit}_{voice}_{take}.wav", speak(command, word, temporary), 8000,
                     0.05 * 2 ** random.uniform(-1, 1))
    for voice in JUDGES:
        for take in range(TAKES):
            stretch = f"duration_stretch={random.uniform(0.85, 1.25):.2f}"
            for digit, word in enumerate(DIGITS):
                save(f"digits-judge/{digit}_{voice}_{take}.wav",
                     speak(["flite", "-voice", voice, "--setf", stretch], word, temporary), 8000,
                     0.05 * 2 ** random.uniform(-1, 1))
    for voice in JUDGES:
        for number, sentence in enumerate(SENTENCES):
            save(f"speech/{voice}/{number:02}.wav", speak(["flite", "-voice", voice], sentence, temporary), 16000, 0.08)
