#!/usr/bin/env python3
"""Writes envi-headers.json: headers as other programs write them, and the numbers that GDAL reads with each.

Run with a Python that has GDAL: python3 tests/goldens/make_envi_header_goldens.py
The data are the same bytes for all, 0 to 63. A part of a list that GDAL splits otherwise than it was meant is not compared.
"""
import json
import pathlib
import tempfile

from osgeo import gdal

gdal.UseExceptions()
SIZES = "samples = 3\nlines = 2\nbands = 4\n"
LAYOUT = "data type = 12\ninterleave = bil\n"
ORDER = "byte order = 1\n"
PLAIN = "ENVI\n" + SIZES + LAYOUT + ORDER

# name, header, how many warnings are due
HEADERS = [
    ("plain", PLAIN, 0),
    ("no byte order", "ENVI\n" + SIZES + LAYOUT, 1),
    ("byte order of bytes", "ENVI\n" + SIZES + "data type = 1\ninterleave = bip\n", 0),
    ("one frame offset", PLAIN + "major frame offsets = 0\nminor frame offsets = {0, 0}\n", 0),
    ("file type Unknown", PLAIN + "file type = Unknown\n", 0),
    ("file type PCI", PLAIN + "file type = PCI\n", 1),
    ("file type ENVI Classification", PLAIN + "file type = ENVI Classification\n", 0),
    ("file type TIFF behind its header", PLAIN + "file type = TIFF\nheader offset = 8\n", 1),
    ("indented comment", PLAIN + "  ; samples = 5\n\t; more\n", 0),
    ("comments in a list", PLAIN + "wavelength = {\n ; blue\n 400, 500,\n;green\n 600, 700}\n", 0),
    ("line without equals", "ENVI\nmade by a camera\n" + SIZES + LAYOUT + ORDER + "the end\n", 1),
    ("blanks around keys", "ENVI\nsamples=3\nlines   =2\nbands= 4\ndata type=12\ninterleave= BIL\nbyte order = 1\n", 0),
    ("duplicate band names", PLAIN + "band names = {a, a, b, b}\n", 0),
    ("too few wavelengths", PLAIN + "wavelength = {400, 500, 600}\n", 1),
    ("too many wavelengths", PLAIN + "wavelength = {400, 500, 600, 700, 800}\n", 1),
    ("wavelengths in words", PLAIN + "wavelength = {blue, green, red, infrared}\n", 1),
    ("too few names", PLAIN + "band names = {a, b}\n", 1),
    ("too few bad bands", PLAIN + "bbl = {1, 0}\n", 1),
    ("too few widths", PLAIN + "fwhm = {1}\n", 1),
    ("no ignore value", PLAIN + "data ignore value = None\n", 0),
    ("empty ignore value", PLAIN + "data ignore value = {}\n", 0),
    ("ignore value in braces", PLAIN + "data ignore value = {-9999}\n", 0),
    ("names after a closed list", PLAIN + "band names = {a, b, c, d},\n", 0),
    ("text after a closed list", PLAIN + "band names = {a, b, c, d} and more\n", 1),
    ("a field twice", PLAIN + "sensor type = one\nsensor type = two\n", 1),
    ("whole numbers with a point", "ENVI\nsamples = 3.0\nlines = 2.0\nbands = 4.0\nheader offset = 0.0\n" + LAYOUT + ORDER, 0),
    ("one band without interleave", "ENVI\nsamples = 3\nlines = 2\nbands = 1\ndata type = 2\nbyte order = 0\n", 0),
    ("first line with more", "ENVI Standard\n" + SIZES + LAYOUT + ORDER, 0),
    ("value on the next line", PLAIN + "wavelength =\n{400, 500,\n600, 700}\n", 0),
    ("description of open braces", PLAIN + "description = {\n a { b }\nsensor type = x\n", 1),
    ("empty values", PLAIN + "sensor type =\nband names = {}\nwavelength = { }\nwavelength units =\n", 0),
    ("Windows line ends and a form feed", (PLAIN + "sensor type = x\f\n").replace("\n", "\r\n"), 0),
]

golden = []
with tempfile.TemporaryDirectory() as folder:
    for name, header, warnings in HEADERS:
        path = pathlib.Path(folder, "scene.img")
        path.write_bytes(bytes(range(64)))
        path.with_suffix(".hdr").write_bytes(header.encode())
        picture = gdal.Open(str(path))
        # GDAL's order is band, line, sample; of one band it is line, sample.
        values = picture.ReadAsArray().reshape(picture.RasterCount, picture.RasterYSize, picture.RasterXSize)
        golden.append({"name": name, "header": header, "warnings": warnings, "pixels": values.transpose(1, 2, 0).ravel().tolist()})
        picture = None

target = pathlib.Path(__file__).with_name("envi-headers.json")
target.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in golden) + "\n]\n")
print(f"{len(golden)} headers, GDAL {gdal.__version__}")
