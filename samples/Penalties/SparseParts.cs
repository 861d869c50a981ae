using Nmf;
using Nmf.Kernels;

namespace Penalties;

/// <summary>
/// Few parts in each sample: every sample is made of one or two of six overlapping parts. A plain fit gives it a little
/// of all. Which penalty takes the little away depends on the divergence.
/// </summary>
internal static class SparseParts
{
    private const int Samples = 250;
    private const int Features = 40;
    private const int Rank = 6;

    // An activation below this part of the largest of its sample counts as absent.
    private const double Absent = 0.05;

    public static SparsityPath Run(
        double beta, Func<double, NmfPenalty> penalty, string name, double[] weights, int seed)
    {
        var truth = Create(seed);
        var random = new Random(seed + 1);
        var data = NmfData<float>.FromDense(
            truth.Observe(y => beta == BetaDivergence.KullbackLeibler ? Draws.Poisson(y, random) : Math.Max(
                0, y + Draws.Normal(random))), Samples, Features);
        return new SparsityPath(
            name, [.. weights.Select(weight => Fit(data, truth, beta, weight, penalty(weight), seed))]);
    }

    private static SparsityPoint Fit(
        NmfData<float> data, Factors truth, double beta, double weight, NmfPenalty penalty, int seed)
    {
        var model = NmfFactorizer.Fit(
            data,
            new NmfOptions { Rank = Rank, Problem = new BetaNmf(beta) { Penalties = [penalty] },
                Initialization = NmfInitialization.Random, Starts = 2, Seed = seed,
                Iterations = new() { MaximumIterations = 300, Tolerance = 1e-6 } });
        var matching = ComponentMatching.Match(truth.Dictionary, model.Dictionary, ComponentDistance.SpectralAngle);
        var activations = matching.Reorder(model.Activations);
        int found = 0, right = 0, present = 0;
        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < Rank; k++)
            {
                var isFound = IsPresent(activations.Row(n), k);
                var isThere = IsPresent(truth.Activations.Row(n), k);
                found += isFound ? 1 : 0;
                present += isThere ? 1 : 0;
                right += isFound && isThere ? 1 : 0;
            }
        }

        return new SparsityPoint(
            weight, model.Report.Objective, model.Objective, found / (double)Samples, 2.0 * right / (found + present),
            matching.MeanDistance * 180 / Math.PI);
    }

    private static bool IsPresent(ReadOnlySpan<float> row, int k)
        => row[k] > Absent * System.Numerics.Tensors.TensorPrimitives.Max(row);

    private static Factors Create(int seed)
    {
        var random = new Random(seed);
        var truth = new Factors(Samples, Features, Rank);
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
                truth.Dictionary[f, k] =
                    (float)(0.15 + (2 * Math.Exp(-Math.Pow((f - ((k + 0.5) * Features / Rank)) / 4.0, 2))));
        }

        for (var n = 0; n < Samples; n++)
        {
            for (var part = random.Next(2); part >= 0; part--)
                truth.Activations[n, random.Next(Rank)] += (float)(1 + (2 * random.NextDouble()));
        }

        truth.Normalize();
        return truth;
    }
}

/// <summary>One weight of a penalty.</summary>
/// <param name="Weight">λ.</param>
/// <param name="Objective">What was minimised: divergence and penalty.</param>
/// <param name="Divergence">The divergence alone.</param>
/// <param name="PartsPerSample">Parts that are present in a sample, on average.</param>
/// <param name="Agreement">Harmonic mean of precision and recall of which parts are in which samples (F1).</param>
/// <param name="Angle">Mean angle between true and found parts, in degrees.</param>
internal sealed record SparsityPoint(
    double Weight, double Objective, double Divergence, double PartsPerSample, double Agreement, double Angle);

/// <summary>A penalty over its weights.</summary>
internal sealed record SparsityPath(string Name, IReadOnlyList<SparsityPoint> Points)
{
    /// <summary>The point that agrees best with the truth.</summary>
    public SparsityPoint Best => Points.MaxBy(point => point.Agreement)!;
}
