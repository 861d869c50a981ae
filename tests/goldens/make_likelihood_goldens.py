"""Densities and distribution functions of the noise models as SciPy gives them, for the tests of tests/Nmf.Tests.

The Tweedie law is a sum over the Poisson number of gamma variables, by scipy.stats and not by the library's series; the
density of a divergence is normalised by scipy.integrate.quad.

Run:  python3 make_likelihood_goldens.py > likelihood.json      (made with numpy 1.24, scipy 1.10)
"""
import json
import math

import numpy as np
from scipy import integrate, special, stats


def case(noise, parameters, v, y, log_density, cumulative):
    return {"noise": noise, "parameters": parameters, "datum": v, "mean": y, "logDensity": float(log_density),
            "cumulative": float(cumulative)}


def tweedie(p, phi, y):
    jumps = y ** (2 - p) / (phi * (2 - p))
    shape, scale = (2 - p) / (p - 1), phi * (p - 1) * y ** (p - 1)
    j = np.arange(1, int(jumps + 40 * math.sqrt(jumps + 1) + 400))
    weights = stats.poisson.logpmf(j, jumps)

    def log_density(v):
        return -jumps if v == 0 else special.logsumexp(weights + stats.gamma.logpdf(v, j * shape, scale=scale))

    def cumulative(v):
        return math.exp(-jumps) + (0 if v == 0 else float(np.sum(np.exp(weights) * stats.gamma.cdf(v, j * shape, scale=scale))))

    return log_density, cumulative


def divergence(beta, x, y):
    if beta == 1:
        return x * math.log(x / y) - x + y
    if beta == 0:
        return x / y - math.log(x / y) - 1
    return (x ** beta + (beta - 1) * y ** beta - beta * x * y ** (beta - 1)) / (beta * (beta - 1))


def of_divergence(beta, phi, y):
    # Over u = log x; the peak is cut out, for quad to find it.
    def density(u):
        d = divergence(beta, y * math.exp(u), y) / phi
        return math.exp(beta * u / 2 - d) if d < 700 else 0.0
    width = math.sqrt(phi / y ** beta)
    edges = sorted({-300.0, -60.0, -10.0, -3.0, -8 * width, -2 * width, 0.0, 2 * width, 8 * width, 3.0, 6.0, 12.0})

    def integral(to):
        points = [e for e in edges if e < to] + [to]
        return sum(integrate.quad(density, a, b, epsabs=0, epsrel=1e-12, limit=400)[0] for a, b in zip(points, points[1:]))

    total = integral(12.0)
    return (lambda v: math.log(density(math.log(v / y))) - math.log(v) - math.log(total),
            lambda v: integral(math.log(v / y)) / total)


cases = []
for v, y, phi in [(0.0, 1.0, 0.5), (2.5, 2.0, 0.3), (40.0, 41.0, 9.0), (1e-3, 0.5, 1e-2)]:
    cases.append(case("gaussian", [phi], v, y, stats.norm.logpdf(v, y, math.sqrt(phi)), stats.norm.cdf(v, y, math.sqrt(phi))))
for v, y in [(0, 0.3), (3, 2.2), (17, 30.5), (1000, 990.0), (120000, 119500.0), (2, 40.0)]:
    cases.append(case("poisson", [], v, y, stats.poisson.logpmf(v, y), stats.poisson.cdf(v, y)))
for v, y, phi in [(0.7, 1.0, 1.0), (3.0, 2.0, 0.2), (1e-6, 3e-6, 1.0), (55.0, 50.0, 1e-3), (2.0, 1.0, 4.0), (1.0003, 1.0, 1e-6)]:
    cases.append(case("gamma", [phi], v, y, stats.gamma.logpdf(v, 1 / phi, scale=y * phi), stats.gamma.cdf(v, 1 / phi, scale=y * phi)))
for v, y in [(0, 0.2), (1, 0.2), (1, 0.999), (0, 1e-12)]:
    cases.append(case("bernoulli", [], v, y, stats.bernoulli.logpmf(v, y), stats.bernoulli.cdf(v, y)))
for v, y, phi in [(0, 2.0, 0.5), (4, 2.0, 0.5), (30, 12.0, 2.0), (5, 5.0, 1e-3), (900, 1000.0, 0.1), (0, 1e-3, 3.0)]:
    r = 1 / phi
    cases.append(case("negativeBinomial", [phi], v, y, stats.nbinom.logpmf(v, r, r / (r + y)), stats.nbinom.cdf(v, r, r / (r + y))))
for p, phi, y, data in [(1.5, 1.0, 2.0, [0.0, 0.01, 1.0, 2.5, 9.0]), (1.2, 0.7, 3.0, [0.0, 0.4, 2.0, 6.5]), (1.9, 0.4, 0.5, [0.0, 1e-4, 0.3, 2.0]),
                        (1.5, 0.02, 5.0, [4.0, 5.0, 6.1]), (1.05, 0.5, 2.0, [0.0, 0.5, 0.74, 1.0, 2.2]), (1.6, 1e-4, 1.0, [0.98, 1.0, 1.02]),
                        (1.5, 30.0, 0.2, [0.0, 0.02, 4.0, 60.0])]:
    log_density, cumulative = tweedie(p, phi, y)
    cases += [case("tweedie", [p, phi], v, y, log_density(v), cumulative(v)) for v in data]
for beta, phi, y, data in [(1.0, 0.1, 2.0, [0.5, 2.0, 3.3]), (1.0, 2.0, 1.0, [0.01, 1.0, 4.0]), (0.5, 0.3, 1.5, [0.2, 1.4, 5.0]),
                           (1.5, 0.05, 1.0, [0.6, 1.0, 1.5]), (2.0, 0.04, 1.0, [0.7, 1.1]), (2.0, 4.0, 1.0, [0.1, 3.0]),
                           (3.0, 0.5, 2.0, [1.5, 2.1]), (-1.0, 0.2, 1.3, [0.4, 1.2, 3.0]), (0.0, 0.5, 1.7, [0.2, 1.5, 6.0]),
                           (1.0, 1e-4, 3.0, [2.96, 3.02])]:
    log_density, cumulative = of_divergence(beta, phi, y)
    cases += [case("divergence", [beta, phi], v, y, log_density(v), cumulative(v)) for v in data]
for phi, y, v in [(0.2, 1.3, 0.9), (1.5, 0.7, 2.0)]:   # the inverse Gaussian law, of which scipy has the shape y phi and the scale 1 / phi
    law = stats.invgauss(y * phi, scale=1 / phi)
    cases.append(case("divergence", [-1.0, phi], v, y, law.logpdf(v), law.cdf(v)))

multinomial = []
for data, means in [([3, 0, 2, 5], [1.0, 0.5, 2.0, 3.0]), ([0, 0, 0], [1.0, 2.0, 3.0]), ([200, 100, 700], [19.0, 11.0, 72.0])]:
    p = np.array(means) / sum(means)
    multinomial.append({"data": data, "means": means, "logProbability": float(stats.multinomial.logpmf(data, sum(data), p)) if sum(data) else 0.0,
                        "perplexity": float(np.exp(-np.dot(data, np.log(p)) / max(sum(data), 1)))})

# Dispersions with the largest likelihood, by scipy's own fits or a bounded search.
random = np.random.default_rng(14)
means = np.array([0.5 + (i % 7) for i in range(60)], float)
estimates = []


def estimate(noise, parameters, data, negative):
    from scipy.optimize import minimize_scalar
    found = minimize_scalar(negative, bounds=(-6, 3), method="bounded", options={"xatol": 1e-10})
    estimates.append({"noise": noise, "parameters": parameters, "data": data.tolist(), "means": means.tolist(), "dispersion": float(np.exp(found.x))})


g = means * random.gamma(2.5, 1 / 2.5, 60)
estimate("gamma", [], g, lambda x: -stats.gamma.logpdf(g, math.exp(-x), scale=means * math.exp(x)).sum())
n = random.negative_binomial(1.7, 1.7 / (1.7 + means)).astype(float)
estimate("negativeBinomial", [], n, lambda x: -stats.nbinom.logpmf(n, math.exp(-x), 1 / (1 + means * math.exp(x))).sum())
t = np.array([sum(random.gamma(1.0, 0.6 * 0.5 * m ** 0.5, random.poisson(m ** 0.5 / (0.6 * 0.5)))) for m in means])
estimate("tweedie", [1.5], t, lambda x: -sum(tweedie(1.5, math.exp(x), m)[0](v) for v, m in zip(t, means)))
d = means * random.gamma(8.0, 1 / 8.0, 60)
estimates.append({"noise": "gaussian", "parameters": [], "data": d.tolist(), "means": means.tolist(), "dispersion": float(np.mean((d - means) ** 2))})

json.dump({"cases": cases, "multinomial": multinomial, "estimates": estimates}, __import__("sys").stdout, indent=1)
