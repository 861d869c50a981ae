using Microsoft.ML.Transforms;

namespace AutomaticRelevance;

/// <summary>Which limb positions the components of a model are.</summary>
/// <param name="Components">Number of relevant components.</param>
/// <param name="LimbPositions">Number of different limb positions among them.</param>
/// <param name="WithTorso">Number of components that have the torso too.</param>
internal sealed record FoundParts(int Components, int LimbPositions, int WithTorso)
{
    // A component is a limb position when that position stands out from the others by this factor, in mean
    // weight above the background's.
    private const double Contrast = 3;

    public bool IsRight => Components == Swimmer.LimbPositions && LimbPositions == Swimmer.LimbPositions;

    public static FoundParts In(NmfModelParameters model)
    {
        var components = Enumerable.Range(0, model.Rank).ToArray();
        return new FoundParts(
            model.Rank,
            components.Select(k => LimbOf(model, k)).Where(limb => limb is not null).Distinct().Count(),
            components.Count(k => LimbOf(model, k) is { } limb
                && Above(model, k, Swimmer.Torso) > Above(model, k, Swimmer.Limbs[limb]) / Contrast));
    }

    /// <summary>The limb position that a component is, or null.</summary>
    public static int? LimbOf(NmfModelParameters model, int component)
    {
        var weights = Swimmer.Limbs.Select(limb => Above(model, component, limb)).ToArray();
        var best = Array.IndexOf(weights, weights.Max());
        var second = weights.Where((_, limb) => limb != best).Max();
        return weights[best] > 0 && weights[best] > Contrast * second ? best : null;
    }

    // Mean weight of some pixels above that of the pixels where no body ever is.
    private static double Above(NmfModelParameters model, int component, IReadOnlyList<int> pixels)
    {
        var weights = model.GetComponent(component);
        double inside = 0, outside = 0;
        foreach (var pixel in pixels)
            inside += weights[pixel];
        foreach (var pixel in EmptyPixels)
            outside += weights[pixel];
        return (inside / pixels.Count) - (outside / EmptyPixels.Length);
    }

    private static readonly int[] EmptyPixels =
        [.. Enumerable.Range(0, Swimmer.Pixels).Except(Swimmer.Torso).Except(Swimmer.Limbs.SelectMany(limb => limb))];
}
