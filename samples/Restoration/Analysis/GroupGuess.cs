using System.Numerics.Tensors;

namespace Restoration.Analysis;

/// <summary>
/// Guesses which components belong together. Flat spectra are noise. The others are merged two by two, those that
/// are most alike on average first, where alike means partials at the same frequencies and, to a lesser degree,
/// sounding at the same times: the beginning and the rest of a note, or the partials of one instrument. A guess
/// is where the user begins.
/// </summary>
internal static class GroupGuess
{
    // In the trio of sampled instruments tones have at most 0.005, hiss and crackle at least 0.3. Both constants were
    // chosen on the trios: other music may want other ones.
    private const double LeastFlatnessOfNoise = 0.1;

    // Of likeness, the part of simultaneity. In music different instruments play together, and one instrument plays
    // different notes: spectra say more.
    private const double WeightOfTime = 0.3;

    /// <summary>Groups of components, the loudest first. Noise is in none.</summary>
    /// <param name="components">The components.</param>
    /// <param name="parts">How many groups; fewer where there are not so many components that are no noise.</param>
    public static IReadOnlyList<int[]> Guess(IReadOnlyList<Component> components, int parts)
    {
        var groups = components.Where(component => component.Flatness < LeastFlatnessOfNoise)
            .Select(component => new List<Component> { component }).ToList();
        while (groups.Count > parts)
        {
            var (first, second, best) = (0, 1, double.NegativeInfinity);
            for (var i = 0; i < groups.Count; i++)
            {
                for (var j = i + 1; j < groups.Count; j++)
                {
                    var likeness = groups[i].Average(a => groups[j].Average(b => Likeness(a, b)));
                    if (likeness > best)
                        (first, second, best) = (i, j, likeness);
                }
            }

            groups[first].AddRange(groups[second]);
            groups.RemoveAt(second);
        }

        return [.. groups.OrderByDescending(group => group.Sum(component => component.Share)).Select(
            group => group.Select(component => component.Index).Order().ToArray())];
    }

    /// <summary>From 0 to 1.</summary>
    public static double Likeness(Component a, Component b)
        => ((1 - WeightOfTime) * Cosine(a.Peaks, b.Peaks)) + (WeightOfTime * Cosine(a.Activation, b.Activation));

    private static double Cosine(double[] a, double[] b)
    {
        var norms = TensorPrimitives.Norm<double>(a) * TensorPrimitives.Norm<double>(b);
        return norms > 0 ? TensorPrimitives.Dot<double>(a, b) / norms : 0;
    }
}
