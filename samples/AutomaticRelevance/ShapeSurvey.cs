using Microsoft.ML;
using Nmf;

namespace AutomaticRelevance;

/// <summary>What is found for shapes a of the prior over two decades, each from several random starts.</summary>
internal sealed record ShapeSurvey(RelevancePrior Prior, IReadOnlyList<ShapeRow> Rows)
{
    public static ShapeSurvey Run(
        MLContext context, IDataView pictures, RelevancePrior prior, IReadOnlyList<double> shapes, int seeds)
    {
        var rows = new List<ShapeRow>();
        foreach (var shape in shapes)
        {
            var fits = Enumerable.Range(1, seeds)
                .Select(seed => SwimmerFit.Run(context, pictures, shape, seed, prior)).ToArray();
            rows.Add(new ShapeRow(
                shape, [.. fits.Select(fit => FoundParts.In(fit.Model))], fits.Average(fit => fit.Model.Iterations),
                fits.Average(fit => fit.Elapsed.TotalSeconds)));
        }

        return new ShapeSurvey(prior, rows);
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{Prior} prior, {Rows[0].Found.Count} seeds: "
            + "components found, and in how many fits they are the 16 limb positions");
        Table().Print("  ");
        Console.WriteLine();
    }

    /// <summary>One row per shape.</summary>
    public Table Table()
    {
        var table = new Table(">shape a", "components found", ">the 16 limb positions", ">iterations", ">seconds");
        foreach (var row in Rows)
            table.Add(
                Format.Figure(row.Shape, 0), row.Components, $"{row.Right} of {row.Found.Count} fits",
                Format.Figure(row.Iterations, 0), Format.Figure(row.Seconds, 1));
        return table;
    }
}

/// <summary>One shape.</summary>
internal sealed record ShapeRow(double Shape, IReadOnlyList<FoundParts> Found, double Iterations, double Seconds)
{
    /// <summary>Number of fits whose components are the sixteen limb positions.</summary>
    public int Right => Found.Count(found => found.IsRight);

    /// <summary>The numbers of components, each with the number of fits that found it.</summary>
    public string Components => string.Join(", ", Found.GroupBy(found => found.Components).OrderBy(group => group.Key)
        .Select(group => group.Count() == Found.Count ? $"{group.Key}" : $"{group.Key} ({group.Count()}x)"));
}
