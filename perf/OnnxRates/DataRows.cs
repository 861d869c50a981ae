using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace OnnxRates;

internal sealed class InputRow
{
    public float[] Features { get; set; } = [];
}

internal sealed class OutputRow
{
    public float[] H { get; set; } = [];
}

/// <summary>Rows of a file, or made here.</summary>
internal static class DataRows
{
    public static float[][] Read(string name, int most)
        => name switch
        {
            "counts" => Counts(most, features: 500, topics: 20),
            "mixtures" => Mixtures(most, features: 100, components: 20, noise: 0.05),
            "spectra" => Spectra(most, features: 100, components: 6),
            _ => File(name, most),
        };

    public static IDataView View(MLContext context, float[][] rows)
    {
        var definition = SchemaDefinition.Create(typeof(InputRow));
        definition[nameof(InputRow.Features)].ColumnType = new VectorDataViewType(
            NumberDataViewType.Single, rows[0].Length);
        return context.Data.LoadFromEnumerable(
            rows.Select(row => new InputRow { Features = row }).ToArray(), definition);
    }

    // FILE or FILE:COLUMNS.
    private static float[][] File(string name, int most)
    {
        var at = name.LastIndexOf(':');
        var columns = at < 0 ? int.MaxValue : int.Parse(name[(at + 1)..], CultureInfo.InvariantCulture);
        using var stream = System.IO.File.OpenRead(at < 0 ? name : name[..at]);
        using var reader = new StreamReader(
            name.Contains(".gz", StringComparison.Ordinal)
                ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        var rows = new List<float[]>();
        while (rows.Count < most && reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && char.IsAsciiDigit(line[0]))
                rows.Add([.. line.Split(',').Take(columns).Select(v => float.Parse(v, CultureInfo.InvariantCulture))]);
        }

        return [.. rows];
    }

    private static float[][] Mixtures(int rows, int features, int components, double noise)
    {
        var random = new Random(1);
        var w = Factor(components, features, () => Exponential(random));
        return Factor(rows, features, _ => Exponential(random) * (random.NextDouble() < 0.5 ? 1 : 0), w, v => Math.Max(
            0.1 * v, v * (1 + (noise * (random.NextDouble() - 0.5) * 3.46))));
    }

    // Smooth and much alike.
    private static float[][] Spectra(int rows, int features, int components)
    {
        var random = new Random(1);
        var w = new double[components][];
        for (var k = 0; k < components; k++)
        {
            var (centre, width) = (random.NextDouble(), 0.1 + (0.2 * random.NextDouble()));
            w[k] = [.. Enumerable.Range(0, features).Select(f => 0.3 + (0.5 * Math.Exp(
                -0.5 * Math.Pow((((double)f / features) - centre) / width, 2))))];
        }

        return Factor(
            rows, features, _ => Exponential(random) / components, w,
            v => Math.Max(0, v + (0.01 * (random.NextDouble() - 0.5))));
    }

    private static float[][] Counts(int rows, int features, int topics)
    {
        var random = new Random(1);
        var w = Factor(topics, features, () => Math.Pow(random.NextDouble(), 20));
        return Factor(rows, features, _ => Math.Pow(random.NextDouble(), 8), w, v =>
        {
            // A Poisson number, by products of uniform ones.
            var (limit, product, count) = (Math.Exp(-3 * v), random.NextDouble(), 0);
            for (; product > limit; count++)
                product *= random.NextDouble();
            return count;
        });
    }

    private static double[][] Factor(int rows, int columns, Func<double> draw)
        => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => draw()).ToArray())];

    private static float[][] Factor(
        int rows, int features, Func<int, double> activation, double[][] w, Func<double, double> noise)
    {
        var values = new float[rows][];
        for (var n = 0; n < rows; n++)
        {
            var h = w.Select((_, k) => activation(k)).ToArray();
            values[n] = [.. Enumerable.Range(0, features).Select(
                f => (float)noise(h.Select((x, k) => x * w[k][f]).Sum()))];
            if (values[n].Max() <= 0)
                values[n][n % features] = 1;
        }

        return values;
    }

    private static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());
}
