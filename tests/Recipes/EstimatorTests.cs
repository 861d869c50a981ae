using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Tests;

namespace Recipes;

/// <summary>The estimator in a pipeline: its schema, its rows, its file.</summary>
public sealed class EstimatorTests
{
    private const int Features = 29;

    [Fact]
    public void Schema_fit_save_and_load_agree()
    {
        var context = new MLContext(seed: 1);
        var data = Data(context);
        var estimator = Estimator(context, 1);
        var shape = estimator.GetOutputSchema(SchemaShape.Create(data.Schema));
        var transformer = estimator.Fit(data);
        Assert.Equal(4, ((VectorDataViewType)transformer.GetOutputSchema(data.Schema)["H"].Type).Size);
        Assert.Contains(shape, column => column.Name == "H");
        var expected = Rows(context, transformer.Transform(data));
        Assert.Contains(expected[0], value => value > 0);

        using var stream = new MemoryStream();
        context.Model.Save(transformer, data.Schema, stream);
        stream.Position = 0;
        var loaded = context.Model.Load(stream, out _);
        Assert.Equal(expected, Rows(context, loaded.Transform(data)));
        Assert.Equal(expected, Rows(context, estimator.Fit(data).Transform(data)));
    }

    [Fact]
    public void An_option_that_the_core_refuses_is_refused_when_the_estimator_is_created()
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Estimator(new MLContext(), 3));
        Assert.Contains("needs beta from 1 to 2, not 3", error.Message, StringComparison.Ordinal);
    }

    private static CautiousNmfEstimator Estimator(MLContext context, double beta) => new(
        context, new() { OutputColumnName = "H", InputColumnName = nameof(Row.Values), Rank = 4, Beta = beta });

    private static IDataView Data(MLContext context)
    {
        var values = Array.ConvertAll(TestData.Counts(37, Features, 4, 1), v => (float)v);
        return context.Data.LoadFromEnumerable(values.Chunk(Features).Select(row => new Row { Values = row }));
    }

    private static float[][] Rows(MLContext context, IDataView view)
        => [.. context.Data.CreateEnumerable<Output>(view, false).Select(row => row.H)];

    private sealed class Row
    {
        [VectorType(Features)]
        public float[] Values { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] H { get; set; } = [];
    }
}
