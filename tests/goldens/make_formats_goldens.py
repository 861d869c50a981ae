"""Files of NumPy and SciPy, as bytes, for tests/Nmf.Formats.Tests: what they hold is written beside them.

python3 tests/goldens/make_formats_goldens.py
"""
import base64
import io
import json
import os
import tempfile
import zipfile

import numpy as np
import scipy
import scipy.io
import scipy.sparse as sp

rng = np.random.default_rng(5)
files = {}


def add(name, content, values):
    files[name] = {"bytes": base64.b64encode(content).decode(), "values": np.asarray(values, float).tolist()}


def npy(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


whole = rng.integers(0, 100, (5, 3))
for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
    for order in "<>":
        array = (whole > 50) if kind == "b1" else whole + (0.5 if kind[0] == "f" else 0)
        array = array.astype(np.dtype(kind).newbyteorder(order))
        add(f"{kind}{'le' if order == '<' else 'be'}.npy", npy(array), array.astype(float))
array = rng.random((7, 4))
add("fortran.npy", npy(np.asfortranarray(array)), array)
for version in [(1, 0), (2, 0), (3, 0)]:
    add(f"version{version[0]}.npy", npy(array, version), array)
add("empty.npy", npy(np.zeros((0, 4))), np.zeros((0, 4)))
add("vector.npy", npy(array[:, 0]), array[:, :1])
add("cube.npy", npy(rng.random((2, 3, 4))), [[0]])
add("complex.npy", npy(array.astype(complex)), [[0]])
add("fields.npy", npy(np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])), [[0]])
add("texts.npy", npy(np.array([["a", "b"]])), [[0]])
stream = io.BytesIO()
np.save(stream, np.array([[{}]], dtype=object), allow_pickle=True)
add("objects.npy", stream.getvalue(), [[0]])
large = array.copy()
large[2, 3] = 1e300
add("large.npy", npy(large), large)

stream = io.BytesIO()
np.savez_compressed(stream, W=array, H=whole)
add("two.npz", stream.getvalue(), array)

sparse = sp.random(6, 5, 0.4, format="coo", random_state=3, dtype=np.float64)
dense = sparse.toarray()
for kind in ["csr", "csc", "coo", "bsr", "dia"]:
    for compressed in [True, False]:
        stream = io.BytesIO()
        sp.save_npz(stream, sparse.asformat(kind), compressed=compressed)
        add(f"{kind}{'-compressed' if compressed else ''}.npz", stream.getvalue(), dense)
twice = sp.coo_matrix((np.append(sparse.data, 2.0), (np.append(sparse.row, 5), np.append(sparse.col, 0))), (6, 5))
stream = io.BytesIO()
sp.save_npz(stream, twice)
add("duplicates.npz", stream.getvalue(), twice.toarray())
unsorted = sparse.tocsr()
for i in range(6):
    part = slice(unsorted.indptr[i], unsorted.indptr[i + 1])
    unsorted.indices[part] = unsorted.indices[part][::-1].copy()
    unsorted.data[part] = unsorted.data[part][::-1].copy()
stream = io.BytesIO()
sp.save_npz(stream, unsorted)
add("unsorted.npz", stream.getvalue(), unsorted.toarray())

folder = tempfile.mkdtemp()


def mtx(name, matrix, values, **options):
    path = os.path.join(folder, "m.mtx")
    scipy.io.mmwrite(path, matrix, **options)
    # SciPy rounds to 16 digits: what it reads again is what the file says.
    read = scipy.io.mmread(path)
    read = read.toarray() if sp.issparse(read) else read
    assert np.allclose(read, matrix.toarray() if sp.issparse(matrix) else matrix) or options.get("field") == "pattern"
    add(name, open(path, "rb").read(), read if values is None else values)


mtx("general.mtx", sparse, None, comment="from SciPy")
mtx("array.mtx", array, None)
mtx("integer.mtx", sp.coo_matrix(whole), whole)
mtx("pattern.mtx", sparse, (dense > 0), field="pattern")
square = sp.random(6, 6, 0.5, random_state=4)
mtx("symmetric.mtx", square + square.T, None, symmetry="symmetric")
mtx("symmetric-array.mtx", (square + square.T).toarray(), None, symmetry="symmetric")
mtx("skew.mtx", square - square.T, None, symmetry="skew-symmetric")
mtx("skew-array.mtx", (square - square.T).toarray(), None, symmetry="skew-symmetric")
mtx("complex.mtx", array.astype(complex), [[0]])

out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "formats.json")
with open(out, "w") as target:
    json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "files": files}, target, indent=1)
