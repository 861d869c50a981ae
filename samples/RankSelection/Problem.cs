using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace RankSelection;

/// <summary>Data whose rank is in question.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Description">One sentence more.</param>
/// <param name="Rows">One row per sample.</param>
/// <param name="InOrder">Whether the order of the samples means something, so that pictures keep it.</param>
internal sealed record Problem(string Title, string Description, float[][] Rows, bool InOrder)
{
    private const int PlantedRank = 5;
    private const int Samples = 150;
    private const int Features = 100;
    private const int MeanCount = 3;

    /// <summary>Poisson counts of five components: every sample is mostly one of them, with some
    /// of the others.</summary>
    public static Problem Planted(int seed)
    {
        var random = new Random(seed);
        var weights = Enumerable.Range(0, Features)
            .Select(_ => Enumerable.Range(0, PlantedRank).Select(_ => Spread(random)).ToArray()).ToArray();
        var model = new double[Samples][];
        for (var n = 0; n < Samples; n++)
        {
            var amounts = Enumerable.Range(0, PlantedRank)
                .Select(k => (k == n * PlantedRank / Samples ? 3 : 0.3) * Spread(random)).ToArray();
            model[n] = [.. weights.Select(w => w.Zip(amounts, (a, b) => a * b).Sum())];
        }

        var scale = MeanCount / model.Average(row => row.Average());
        var rows = model.Select(row => row.Select(mean => (float)Poisson(random, scale * mean)).ToArray()).ToArray();
        return new Problem(
            "Counts of five components",
            $"{Samples} samples x {Features} features: "
                + $"Poisson counts of {PlantedRank} planted components, {MeanCount} per entry on average; "
                + $"{rows.Average(r => r.Count(v => v == 0) / (double)Features):0 %} of the entries are zero.",
            rows,
            InOrder: false);
    }

    /// <summary>The 38 bone marrow samples of Golub et al. (1999), 5,000 genes, as Brunet et al. (2004)
    /// factorised them.</summary>
    /// <exception cref="UserErrorException">The folder has no such file.</exception>
    public static Problem Leukaemia(string folder)
    {
        var file = Path.Combine(folder, "ALL_AML_data.txt");
        if (!File.Exists(file))
            throw new UserErrorException($"There is no file {file}.");
        var genes = File.ReadLines(file)
            .Where(line => line.Length > 0)
            .Select(line => line.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(cells => Array.ConvertAll(
                cells, cell => float.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture)))
            .ToArray();
        var samples = Enumerable.Range(0, genes[0].Length)
            .Select(n => Array.ConvertAll(genes, gene => gene[n])).ToArray();
        return new Problem(
            "Leukaemia",
            $"{samples.Length} bone marrow samples x {genes.Length} genes: first 19 ALL of the B lineage, "
                + "8 of the T lineage, then 11 AML. Brunet et al. (2004) found two groups (ALL, AML) to four.",
            samples,
            InOrder: true);
    }

    /// <summary>The rows as a view with the vector column <c>Features</c>.</summary>
    public IDataView ToView(MLContext ml)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Rows[0].Length);
        return ml.Data.LoadFromEnumerable(Rows.Select(row => new Row { Features = row }), schema);
    }

    // A few large values among many small ones.
    private static double Spread(Random random)
        => -Math.Pow(random.NextDouble(), 3) * Math.Log(1 - random.NextDouble());

    // Counts the events of a Poisson process until the time is up.
    private static int Poisson(Random random, double mean)
    {
        var count = 0;
        for (var time = -Math.Log(1 - random.NextDouble()); time < mean; time -= Math.Log(1 - random.NextDouble()))
            count++;
        return count;
    }

    internal sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
