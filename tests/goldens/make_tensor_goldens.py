"""Golden values of nonnegative CP (PARAFAC), in plain numpy with unfoldings and Khatri-Rao products.

    python3 tests/goldens/make_tensor_goldens.py > tests/goldens/tensors.json
    python3 tests/goldens/make_tensor_goldens.py --tucker > tests/goldens/tucker.json
    python3 tests/goldens/make_tensor_goldens.py --time [float32]

Factors are updated one after the other, by multiplicative updates or by HALS. The second form is the Tucker model,
whose core is updated behind the factors, the third prints the seconds of a sweep over all factors of a dense 200 x 200 x 200 tensor of rank 20, in the manner of tensor libraries over numpy: the
unfolding is a copy, the Khatri-Rao product a matrix, and for beta = 1 so is the model.
"""
import json
import sys
import time

import numpy as np


def noise(count, seed):
    state, values = seed, np.empty(count)
    for t in range(count):
        state = (1103515245 * state + 12345) % (1 << 31)
        values[t] = state / (1 << 31)
    return values


def khatri_rao(factors):
    product = factors[0]
    for f in factors[1:]:
        product = (product[:, None, :] * f[None, :, :]).reshape(-1, f.shape[1])
    return product


def unfold(x, mode):
    return np.moveaxis(x, mode, 0).reshape(x.shape[mode], -1)


def divergence(v, y, beta):
    if beta == 0:
        return v / y - np.log(v / y) - 1
    if beta == 1:
        return np.where(v > 0, v * np.log(np.where(v > 0, v, 1) / y), 0) - v + y
    return (v ** beta + (beta - 1) * y ** beta - beta * v * y ** (beta - 1)) / (beta * (beta - 1))


def objective(x, m, factors, beta):
    y = factors[0] @ khatri_rao(factors[1:]).T
    return float((unfold(m, 0) * divergence(unfold(x, 0), y, beta)).sum())


def exponent(beta, fast):
    if fast and 0 <= beta <= 2:
        return 1
    return 1 / (2 - beta) if beta < 1 else 1 / (beta - 1) if beta > 2 else 1


def multiplicative(x, m, factors, beta, fast):
    for n in range(x.ndim):
        rest = khatri_rao([f for i, f in enumerate(factors) if i != n])
        v, w, y = unfold(x, n), unfold(m, n), factors[n] @ rest.T
        ratio = ((w * v * y ** (beta - 2)) @ rest) / ((w * y ** (beta - 1)) @ rest)
        factors[n] = factors[n] * ratio ** exponent(beta, fast)


def hals(x, factors):
    for n in range(x.ndim):
        rest = khatri_rao([f for i, f in enumerate(factors) if i != n])
        product, gram, a = unfold(x, n) @ rest, rest.T @ rest, factors[n].copy()
        for k in range(a.shape[1]):
            a[:, k] = np.maximum(0, a[:, k] + (product[:, k] - a @ gram[:, k]) / gram[k, k])
        factors[n] = a


def main():
    cases = []
    for seed, (solver, beta, shape, rank, weights) in enumerate([
            ("Hals", 2, (7, 6, 5), 3, None), ("Hals", 2, (3, 4, 5, 4), 4, None),
            ("MultiplicativeUpdate", 2, (7, 6, 5), 3, None), ("MultiplicativeUpdate", 1, (7, 6, 5), 3, None),
            ("MultiplicativeUpdate", 1, (4, 3, 5, 3), 5, None), ("MultiplicativeUpdate", 0, (6, 5, 8), 2, None),
            ("MajorizationMinimization", 0, (6, 5, 8), 2, None), ("MultiplicativeUpdate", 0.5, (6, 5, 8), 2, None),
            ("MultiplicativeUpdate", 1.5, (6, 5, 8), 2, None), ("MajorizationMinimization", 3, (6, 5, 8), 2, None),
            ("MajorizationMinimization", -0.5, (6, 5, 8), 2, None), ("MultiplicativeUpdate", 1, (7, 6, 5), 3, "mask"),
            ("MultiplicativeUpdate", 2, (7, 6, 5), 3, "mask"), ("MultiplicativeUpdate", 2, (7, 6, 5), 3, "weights"),
            ("MultiplicativeUpdate", 0, (4, 3, 5, 3), 2, "weights")]):
        size = int(np.prod(shape))
        x = (0.05 + 2 * noise(size, seed + 1) ** 2).reshape(shape)
        m = noise(size, seed + 100).reshape(shape)
        m = np.ones(shape) if weights is None else (m > 0.3).astype(float) if weights == "mask" else m + 0.5
        factors = [0.1 + noise(length * rank, 1000 * (n + 1) + seed).reshape(length, rank)
                   for n, length in enumerate(shape)]
        case = {"solver": solver, "beta": beta, "shape": shape, "rank": rank, "values": x.ravel().tolist(),
                "weights": None if weights is None else m.ravel().tolist(),
                "start": [f.tolist() for f in factors], "objectives": [objective(x, m, factors, beta)]}
        for _ in range(5):
            if solver == "Hals":
                hals(x, factors)
            else:
                multiplicative(x, m, factors, beta, solver == "MultiplicativeUpdate")
            case["objectives"].append(objective(x, m, factors, beta))
        case["factors"] = [f.tolist() for f in factors]
        assert all(b <= a * (1 + 1e-12) for a, b in zip(case["objectives"], case["objectives"][1:])), case["objectives"]
        cases.append(case)
    json.dump(cases, sys.stdout)
    print()


def tucker():
    cases = []
    for seed, (beta, shape, ranks, weighted) in enumerate([
            (1, (7, 6, 5), (3, 2, 4), False), (2, (7, 6, 5), (3, 2, 4), False), (0, (6, 5, 8), (2, 3, 2), False),
            (0.5, (3, 4, 5, 3), (2, 1, 3, 2), False), (3, (6, 5, 8), (2, 3, 2), False), (1, (7, 6, 5), (3, 2, 4), True),
            (2, (3, 4, 5, 3), (2, 1, 3, 2), True)]):
        size, order = int(np.prod(shape)), len(shape)
        x = (0.05 + 2 * noise(size, seed + 1) ** 2).reshape(shape)
        m = np.maximum(0, noise(size, seed + 100) - 0.2).reshape(shape) if weighted else np.ones(shape)
        factors = [0.1 + noise(length * rank, 1000 * (n + 1) + seed).reshape(length, rank)
                   for n, (length, rank) in enumerate(zip(shape, ranks))]
        factors.append(0.1 + noise(int(np.prod(ranks)), 9000 + seed).reshape(ranks))
        modes, cells = "ijkl"[:order], "pqrs"[:order]
        operands = [i + p for i, p in zip(modes, cells)] + [cells]

        def contract(data=None, target=None):
            which = [n for n in range(order + 1) if n != target]
            inputs = [operands[n] for n in which] + ([] if data is None else [modes])
            output = modes if target is None else operands[target]
            arrays = [factors[n] for n in which] + ([] if data is None else [data])
            return np.einsum(",".join(inputs) + "->" + output, *arrays, optimize=True)

        def cost():
            return float((m * divergence(x, contract(), beta)).sum())

        case = {"beta": beta, "shape": shape, "ranks": ranks, "values": x.ravel().tolist(),
                "weights": m.ravel().tolist() if weighted else None, "start": [f.tolist() for f in factors],
                "objectives": [cost()]}
        for _ in range(5):
            for n in range(order + 1):
                y = contract()
                ratio = contract(m * x * y ** (beta - 2), n) / contract(m * y ** (beta - 1), n)
                factors[n] = factors[n] * ratio ** exponent(beta, True)
            case["objectives"].append(cost())
        case["factors"] = [f.tolist() for f in factors]
        assert all(b <= a * (1 + 1e-12) for a, b in zip(case["objectives"], case["objectives"][1:]))
        cases.append(case)
    json.dump(cases, sys.stdout)
    print()


def measure(dtype):
    random = np.random.default_rng(1)
    x = random.random((200, 200, 200)).astype(dtype)
    factors = [random.random((200, 20)).astype(dtype) for _ in range(3)]

    def least_squares():
        hals(x, factors)

    def kullback_leibler():
        for n in range(3):
            rest = khatri_rao([f for i, f in enumerate(factors) if i != n])
            ratio = unfold(x, n) / (factors[n] @ rest.T)
            factors[n] = factors[n] * (ratio @ rest) / rest.sum(0)

    for name, sweep in [("beta 2, HALS", least_squares), ("beta 1, multiplicative", kullback_leibler)]:
        sweep()
        times = []
        for _ in range(5):
            began = time.perf_counter()
            sweep()
            times.append(time.perf_counter() - began)
        print(f"{np.dtype(dtype).name}, {name}: {1000 * np.median(times):.0f} ms per sweep")


if __name__ == "__main__":
    if "--time" in sys.argv:
        measure(np.float32 if "float32" in sys.argv else np.float64)
    elif "--tucker" in sys.argv:
        tucker()
    else:
        main()
