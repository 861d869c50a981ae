using PartsOfObjects.Decompositions;
using PartsOfObjects.Images;

namespace PartsOfObjects.Report;

/// <summary>The numbers of all decompositions beside each other.</summary>
internal static class Comparison
{
    public static Table Table(IReadOnlyList<Decomposition> decompositions, ImageSet images)
    {
        var table = new Table("", ">Relative error", ">Sparseness of components", ">Sparseness of weights", ">Time");
        foreach (var decomposition in decompositions)
        {
            table.Add(
                decomposition.Name,
                Format.Percent(decomposition.RelativeError(images.Rows)),
                Format.Figure(decomposition.ComponentSparseness, 2),
                Format.Figure(decomposition.WeightSparseness, 2),
                Format.Seconds(decomposition.Time));
        }

        return table;
    }
}
