using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace OnnxRates;

/// <summary>Activations from either side, and how far apart they are.</summary>
internal static class Activations
{
    public static float[][] Of(ITransformer model, IDataView view)
        => [.. model.Transform(view).GetColumn<float[]>("H")];

    /// <summary>The library's own, with an inference that goes on until nothing moves.</summary>
    public static float[][] Converged(NmfTransformer transformer, float[][] rows)
    {
        var model = transformer.Model;
        var dictionary = new Matrix<double>(model.FeatureCount, model.Rank);
        for (var k = 0; k < model.Rank; k++)
        {
            var component = model.GetComponent(k);
            for (var f = 0; f < component.Length; f++)
                dictionary[f, k] = component[f];
        }

        var solver = new RowSolver<double>(dictionary, model.Beta, 1e-8, 100_000);
        var scratch = solver.CreateScratch();
        var result = new double[model.Rank];
        return Array.ConvertAll(rows, row =>
        {
            solver.Solve(Array.ConvertAll(row, value => (double)value), result, scratch);
            return Array.ConvertAll(result, value => (float)value);
        });
    }

    public static void Touch(IDataView view, string column)
    {
        using var cursor = view.GetRowCursor(view.Schema.Where(c => c.Name == column));
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema[column]);
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
            getter(ref buffer);
    }

    public static double Worst(float[][] actual, float[][] expected) => Quantile(actual, expected, 1);

    /// <summary>Largest difference of an activation, relative to the largest of its row, that this part of rows does
    /// not exceed.</summary>
    public static double Quantile(float[][] actual, float[][] expected, double part)
    {
        var worst = actual.Zip(expected, (a, e) =>
        {
            var largest = Math.Max(e.Max(), float.Epsilon);
            return a.Zip(e, (x, y) => Math.Abs((double)x - y) / largest).Max();
        }).Order().ToArray();
        return worst[(int)Math.Round(part * (worst.Length - 1))];
    }
}
