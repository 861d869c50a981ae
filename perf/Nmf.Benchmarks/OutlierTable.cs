using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Which λ an outlier term should take from the data: components, false alarms and what is found, over sets
/// that differ in noise, size, and the number and strength of outliers.</summary>
internal static class OutlierTable
{
    private static readonly (int Samples, int Features, int Rank)[] Sizes = [(300, 30, 3), (400, 80, 6)];

    public static void Print(string[] arguments)
    {
        var first = arguments.Contains("held") ? 100 : 1;
        var seeds = int.Parse(arguments.FirstOrDefault(a => a.All(char.IsDigit)) ?? "2", CultureInfo.InvariantCulture);
        foreach (var kind in new[] { OutlierKind.Samples, OutlierKind.Entries })
        {
            double[] shares = kind == OutlierKind.Samples ? [0, 0.01, 0.05, 0.2] : [0, 0.001, 0.01, 0.05];
            double[] factors = kind == OutlierKind.Samples ? [1, 1.5, 2, 3] : [2, 3, 4, 6];
            foreach (var beta in new[] { 2.0, 1, 0 })
            {
                foreach (var share in shares)
                {
                    Console.WriteLine(
                        FormattableString.Invariant($"{kind}, beta {beta}, share {share}")
                            + ": cosine, alarms, found, lambda");
                    Row("plain", kind, beta, share, first, seeds, _ => double.PositiveInfinity);
                    Row("0.1", kind, beta, share, first, seeds, _ => 0.1);
                    Row("default", kind, beta, share, first, seeds, _ => null);
                    foreach (var rounds in arguments.Contains("all") ? new[] { 0, 1 } : [])
                    {
                        foreach (var factor in factors)
                        {
                            Row(FormattableString.Invariant($"{rounds + 1} x {factor}"), kind, beta, share, first,
                                seeds, set => set.Lambda(factor, rounds));
                        }
                    }
                }
            }
        }
    }

    private static void Row(
        string name, OutlierKind kind, double beta, double share, int first, int seeds, Func<Set, double?> lambda)
    {
        var sums = new double[4];
        var count = 0;
        foreach (var size in Sizes)
        {
            for (var seed = first; seed < first + seeds; seed++, count++)
            {
                var set = new Set(size, kind, beta, share, seed);
                var scores = set.Fit(lambda(set));
                for (var i = 0; i < scores.Length; i++)
                    sums[i] += scores[i];
            }
        }

        Console.WriteLine($"  {name,-9}" + string.Join(" ", sums.Select(
            sum => (sum / count).ToString("F3", CultureInfo.InvariantCulture).PadLeft(9))));
    }

    private sealed class Set
    {
        private readonly OutlierKind _kind;
        private readonly double _beta;
        private readonly int _rank;
        private readonly Matrix<double> _truth;
        private readonly Matrix<double> _values;
        private readonly bool[] _isOutlier;

        public Set((int Samples, int Features, int Rank) size, OutlierKind kind, double beta, double share, int seed)
        {
            var random = new Random(seed);
            (_kind, _beta, _rank) = (kind, beta, size.Rank);
            var level = beta == 1 ? 20 : 1;
            _truth = new Matrix<double>(size.Features, size.Rank);
            for (var f = 0; f < size.Features; f++)
            {
                for (var k = 0; k < size.Rank; k++)
                    _truth[f, k] = 0.02 + Math.Exp(-Math.Pow((f - ((k + 0.5) * size.Features / size.Rank))
                        / (0.6 * size.Features / size.Rank), 2)) + (0.3 * Math.Pow(random.NextDouble(), 4));
            }

            _values = new Matrix<double>(size.Samples, size.Features);
            _isOutlier = new bool[kind == OutlierKind.Samples ? size.Samples : size.Samples * size.Features];
            for (var n = 0; n < size.Samples; n++)
            {
                var h = Enumerable.Range(0, size.Rank).Select(_ => level * (0.1 + (2 * random.NextDouble()))).ToArray();
                for (var f = 0; f < size.Features; f++)
                {
                    double y = 0;
                    for (var k = 0; k < size.Rank; k++)
                        y += _truth[f, k] * h[k];
                    var v = Noisy(y, random);
                    if (kind == OutlierKind.Entries && random.NextDouble() < share)
                    {
                        _isOutlier[(n * size.Features) + f] = true;
                        v += Strength(random) * level;
                    }

                    _values[n, f] = v;
                }

                if (kind != OutlierKind.Samples || random.NextDouble() >= share)
                    continue;
                _isOutlier[n] = true;
                var strength = Strength(random) * level;
                for (var line = 0; line < size.Features / 5; line++)
                    _values[n, random.Next(size.Features)] += strength * (0.5 + random.NextDouble());
            }
        }

        public double Lambda(double factor, int rounds)
        {
            using var team = new WorkTeam(2);
            return OutlierThreshold<double>.Estimate(
                NmfData<double>.FromMatrix(_values), new RobustNmf(_beta, null, _kind), new NmfOptions { Rank = _rank },
                team, factor, rounds, CancellationToken.None).Lambda;
        }

        // Cosine of components, share of clean samples or entries with an outlier part, share of outliers with one.
        public double[] Fit(double? asked)
        {
            var isPlain = asked == double.PositiveInfinity;
            var model = NmfFactorizer.Fit(NmfData<double>.FromMatrix(_values), new NmfOptions
            {
                Rank = _rank, Problem = isPlain ? new BetaNmf(_beta) : new RobustNmf(_beta, asked, _kind),
                Initialization = isPlain ? NmfInitialization.Random : NmfInitialization.Auto,
                Iterations = new() { MaximumIterations = 500 },
            });
            var match = ComponentMatching.Match(_truth, model.Dictionary, ComponentDistance.Cosine);
            var lambda = (model.Options.Problem as RobustNmf)?.Lambda ?? 0;
            var result = new[] { 1 - match.MeanDistance, 0, 0, lambda };
            if (isPlain)
                return result;
            bool[] flagged = _kind == OutlierKind.Samples
                ? [.. model.OutlierNorms.Select((norm, n) => norm > 1e-3 * Norm(_values.Row(n)))]
                : Flags(model, lambda);
            var outliers = _isOutlier.Count(x => x);
            for (var i = 0; i < flagged.Length; i++)
            {
                if (flagged[i])
                    result[_isOutlier[i] ? 2 : 1] += 1.0 / (_isOutlier[i] ? outliers : flagged.Length - outliers);
            }

            return result;
        }

        private bool[] Flags(NmfModel<double> model, double lambda)
        {
            var flags = new bool[_isOutlier.Length];
            for (var n = 0; n < _values.Rows; n++)
            {
                for (var f = 0; f < _values.Columns; f++)
                {
                    double y = 0;
                    for (var k = 0; k < _rank; k++)
                        y += model.Dictionary[f, k] * model.Activations[n, k];
                    flags[(n * _values.Columns) + f] = Math.Pow(y, _beta - 2) * (_values[n, f] - y) > lambda;
                }
            }

            return flags;
        }

        private static double Norm(ReadOnlySpan<double> row)
            => System.Numerics.Tensors.TensorPrimitives.Norm(row);

        private static double Strength(Random random) => 2 * Math.Exp(3 * random.NextDouble());

        private double Noisy(double y, Random random)
        {
            double sum = 0;
            switch (_beta)
            {
                case 2:
                    for (var i = 0; i < 12; i++)
                        sum += random.NextDouble();
                    return Math.Max(0, y + (0.1 * (sum - 6)));
                case 1:
                    for (var count = 0; ; count++)
                    {
                        sum -= Math.Log(1 - random.NextDouble());
                        if (sum > y)
                            return count;
                    }

                default:
                    for (var i = 0; i < 10; i++)
                        sum -= Math.Log(1 - random.NextDouble());
                    return y * sum / 10;
            }
        }
    }
}
