using Nmf;

namespace Inpainting;

/// <summary>
/// The smooth filling and what dictionaries of patches of two sizes make of it, combined: how much of each is found out
/// on pixels that are given and were held out. Where patches do not help, they get no weight.
/// </summary>
/// <param name="Picture">The combination.</param>
/// <param name="Smooth">The smooth filling.</param>
/// <param name="Patches">What the dictionaries alone say, one for each of <see cref="Sides"/>.</param>
/// <param name="Weights">Of the smooth filling, then of the dictionaries; they add up to one.</param>
internal sealed record Restoration(
    Picture Picture, Picture Smooth, IReadOnlyList<Picture> Patches, IReadOnlyList<double> Weights)
{
    private const double HeldOut = 0.1;
    private const int GridSteps = 20;

    /// <summary>Sides of the patches in pixels.</summary>
    public static readonly int[] Sides = [8, 4];

    public static Restoration Of(Picture holes, int rank, int seed)
    {
        var products = ErrorProducts(holes, holes.WithHoles(HeldOut, seed + 1), rank, seed);
        var (best, least) = (new double[products.Length], double.PositiveInfinity);
        for (var i = 0; i <= GridSteps; i++)
        {
            for (var j = 0; i + j <= GridSteps; j++)
            {
                double[] weights = [1 - ((i + j) / (double)GridSteps), i / (double)GridSteps, j / (double)GridSteps];
                var error = products.Select((row, a) => weights[a] * row.Zip(weights, (p, w) => p * w).Sum()).Sum();
                if (error < least)
                    (best, least) = (weights, error);
            }
        }

        var fillings = Fillings(holes, rank, seed);
        return new Restoration(Combine(fillings, best), fillings[0], fillings[1..], best);
    }

    // Products of the errors of two fillings, summed over what was held out: they tell the error of every combination.
    private static double[][] ErrorProducts(Picture holes, Picture trial, int rank, int seed)
    {
        var fillings = Fillings(trial, rank, seed);
        var products = Array.ConvertAll(fillings, _ => new double[fillings.Length]);
        var errors = new double[fillings.Length];
        for (var i = 0; i < holes.Width * holes.Height * Picture.Channels; i++)
        {
            var (pixel, c) = (i / Picture.Channels, i % Picture.Channels);
            var (x, y) = (pixel % holes.Width, pixel / holes.Width);
            if (!float.IsNaN(trial[x, y, c]) || float.IsNaN(holes[x, y, c]))
                continue;
            for (var a = 0; a < errors.Length; a++)
                errors[a] = fillings[a][x, y, c] - holes[x, y, c];
            for (var a = 0; a < errors.Length; a++)
            {
                for (var b = 0; b < errors.Length; b++)
                    products[a][b] += errors[a] * errors[b];
            }
        }

        return products;
    }

    private static Picture[] Fillings(Picture holes, int rank, int seed)
    {
        var smooth = BiharmonicFilling.Fill(holes);
        return [smooth, .. Sides.Select(side => new PatchRestoration(holes, side, step: side / 4).Restore(
            smooth, new NmfOptions
            {
                Rank = rank,
                Problem = BetaDivergence.Euclidean,
                Initialization = NmfInitialization.Random,
                Iterations = new() { MaximumIterations = 100 },
                Seed = seed,
            }))];
    }

    private static Picture Combine(Picture[] fillings, double[] weights)
        => fillings[0].With(
            (x, y, c) => (float)fillings.Zip(weights, (filling, weight) => weight * filling[x, y, c]).Sum());
}
