using Nmf;
using Nmf.Kernels;

namespace Penalties;

/// <summary>
/// Parts whose amounts change slowly along the samples, seen through few counts. Smoothness shares the counts of
/// neighbours; too much of it flattens what is there. Held-out entries say how much is right, without the truth.
/// </summary>
internal static class SlowChange
{
    private const int Samples = 160;
    private const int Features = 16;
    private const int Rank = 3;
    private const double MeanCount = 1.2;

    public static SmoothPath Run(double[] weights, int seed)
    {
        var truth = Create();
        var random = new Random(seed + 1);
        var data = NmfData<float>.FromDense(truth.Observe(y => Draws.Poisson(y, random)), Samples, Features);
        SmoothPoint[] points = [.. weights.Select(weight => Fit(data, truth, weight, seed))];
        return new SmoothPath(points, Curves(truth.Activations));
    }

    private static SmoothPoint Fit(NmfData<float> data, Factors truth, double weight, int seed)
    {
        var options = new NmfOptions
        {
            Rank = Rank,
            Problem = new BetaNmf(BetaDivergence.KullbackLeibler) { Penalties = [new SmoothnessPenalty(weight)] },
            Initialization = NmfInitialization.Random, Starts = 3, Seed = seed,
            Iterations = new() { MaximumIterations = 500, Tolerance = 1e-6 },
        };
        var model = NmfFactorizer.Fit(data, options);
        var heldOut = RankCrossValidation.Run(
            data,
            new RankCrossValidationOptions
            {
                Ranks = [Rank], Fit = options with { Iterations = options.Iterations with { MaximumIterations = 200 } },
                Folds = 4, HeldOutFraction = 0.2, Starts = 1, Pattern = HeldOutPattern.Entries
            });
        var matching = ComponentMatching.Match(truth.Dictionary, model.Dictionary, ComponentDistance.SpectralAngle);
        var activations = matching.Reorder(model.Activations);
        return new SmoothPoint(
            weight, model.Report.Objective, model.Objective, Error(truth.Activations, activations), heldOut.Best.Error,
            matching.MeanDistance * 180 / Math.PI) { Activations = Curves(activations) };
    }

    private static double Error(Matrix<float> truth, Matrix<float> found)
    {
        double error = 0, size = 0;
        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < Rank; k++)
            {
                error += Math.Pow(found[n, k] - truth[n, k], 2);
                size += Math.Pow(truth[n, k], 2);
            }
        }

        return Math.Sqrt(error / size);
    }

    private static double[][] Curves(Matrix<float> activations)
        => [.. Enumerable.Range(0, Rank).Select(
            k => Enumerable.Range(0, Samples).Select(n => (double)activations[n, k]).ToArray())];

    private static Factors Create()
    {
        var truth = new Factors(Samples, Features, Rank);
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
                truth.Dictionary[f, k] =
                    (float)(0.05 + Math.Exp(-Math.Pow((f - ((k + 0.5) * Features / Rank)) / 3.0, 2)));
        }

        for (var n = 0; n < Samples; n++)
        {
            for (var k = 0; k < Rank; k++)
                truth.Activations[n, k] = (float)(MeanCount * Math.Pow(
                    1 + Math.Sin((2 * Math.PI * n * (k + 2) / (1.7 * Samples)) + (2.1 * k)), 2));
        }

        truth.Normalize();
        return truth;
    }
}

/// <summary>One weight of smoothness.</summary>
/// <param name="Weight">λ.</param>
/// <param name="Objective">What was minimised: divergence and penalty.</param>
/// <param name="Divergence">The divergence alone.</param>
/// <param name="Error">Distance of the activations from the true ones, as a part of their size.</param>
/// <param name="HeldOut">Divergence of an entry that the fit did not see.</param>
/// <param name="Angle">Mean angle between true and found parts, in degrees.</param>
internal sealed record SmoothPoint(
    double Weight, double Objective, double Divergence, double Error, double HeldOut, double Angle)
{
    /// <summary>For every part its activations.</summary>
    public required IReadOnlyList<double[]> Activations { get; init; }
}

/// <summary>Smoothness over its weights.</summary>
internal sealed record SmoothPath(IReadOnlyList<SmoothPoint> Points, IReadOnlyList<double[]> Truth)
{
    /// <summary>The weight with the smallest error, which needs the truth.</summary>
    public SmoothPoint Best => Points.MinBy(point => point.Error)!;

    /// <summary>The weight that predicts held-out entries best, which does not.</summary>
    public SmoothPoint Chosen => Points.MinBy(point => point.HeldOut)!;
}
