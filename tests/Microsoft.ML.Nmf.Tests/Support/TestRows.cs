using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNmf.Tests;

/// <summary>Small synthetic data views.</summary>
internal static class TestRows
{
    /// <summary>rows x features values of a low-rank nonnegative matrix plus a little noise.</summary>
    /// <param name="density">Part of the entries that are not zero.</param>
    public static float[][] Values(int rows = 40, int features = 12, int rank = 3, int seed = 1, double density = 1)
    {
        var random = new Random(seed);
        var w = Fill(features, rank);
        var h = Fill(rows, rank);
        var values = new float[rows][];
        for (var n = 0; n < rows; n++)
        {
            values[n] = new float[features];
            for (var f = 0; f < features; f++)
            {
                var sum = 0.05 * random.NextDouble();
                for (var k = 0; k < rank; k++)
                    sum += h[n][k] * w[f][k];
                values[n][f] = random.NextDouble() < density ? (float)sum : 0;
            }
        }

        return values;

        double[][] Fill(int count, int columns)
        {
            var factor = new double[count][];
            for (var i = 0; i < count; i++)
                factor[i] = [.. Enumerable.Range(0, columns).Select(_ => Math.Pow(random.NextDouble(), 3))];
            return factor;
        }
    }

    /// <summary>A view with the vector column "Features".</summary>
    public static IDataView View(
        MLContext context, float[][] values, bool sparse = false, string[]? slotNames = null, int? size = null)
    {
        var features = size ?? values[0].Length;
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        if (slotNames is not null)
        {
            definition[nameof(Row.Features)].AddAnnotation(
                AnnotationUtils.Kinds.SlotNames,
                new VBuffer<ReadOnlyMemory<char>>(features, [.. slotNames.Select(name => name.AsMemory())]),
                new VectorDataViewType(TextDataViewType.Instance, features));
        }

        return context.Data.LoadFromEnumerable(
            values.Select(
                (row, id) => new Row { Id = id, Features = sparse ? Sparse(row) : new VBuffer<float>(row.Length, row) })
                .ToArray(), definition);
    }

    public static VBuffer<float> Sparse(float[] row)
    {
        var indices = Enumerable.Range(0, row.Length).Where(f => row[f] != 0).ToArray();
        return new VBuffer<float>(row.Length, indices.Length, [.. indices.Select(f => row[f])], indices);
    }

    /// <summary>A column of vectors as arrays, in row order.</summary>
    public static float[][] Column(IDataView view, string name) => [.. view.GetColumn<float[]>(name)];

    public sealed class Row
    {
        public int Id { get; set; }

        public VBuffer<float> Features { get; set; }
    }
}
