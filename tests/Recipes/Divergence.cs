using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;
using Nmf.Tests;

namespace Recipes;

/// <summary>
/// A measure of fit in one file, <c>2 Σ (√v - √y)²</c>: a name of its own for the α-divergence with α = 1/2. The pass
/// and the update are given; what is written here is all that a measure says of itself.
/// </summary>
internal sealed record SquaredHellinger : MeasureOfFit
{
    internal override bool AllowsZeros => true;

    internal override bool IsConvex => true;

    internal override MeasureKernel Kernel => new AlphaKernel(0.5);

    internal override string InWords => "the squared Hellinger distance";

    internal override double Value(double datum, double model)
        => 2 * (Math.Sqrt(datum) - Math.Sqrt(model)) * (Math.Sqrt(datum) - Math.Sqrt(model));

    // There is no parameter to check.
    internal override void Validate()
    {
    }

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new MeasureMultiplicativeSolver<T>(
            data, data.CreatePass(start.Dictionary.Columns, this, team), exponent: 2, start, team);

    // 2 Σ (√v - √c)² is lowest where √c is the mean of the √v.
    internal override double BestConstant<T>(NmfData<T> data)
    {
        var row = new double[data.Features];
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            data.CopySample(n, row);
            foreach (var value in row)
                sum += Math.Sqrt(value);
        }

        var root = sum / ((double)data.Samples * data.Features);
        return root * root;
    }
}

public sealed class SquaredHellingerContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new SquaredHellinger() };

    [Fact]
    public void The_kernel_sums_the_measure_of_the_entries()
    {
        var measure = new SquaredHellinger();
        var model = NmfFactorizer.Fit(Dense<double>(Values, Samples, Features), Options(Rank));
        var row = new double[Features];
        double sum = 0;
        for (var n = 0; n < Samples; n++)
        {
            model.ReconstructRow(model.Activations.Row(n), row);
            for (var f = 0; f < Features; f++)
                sum += measure.Value(Values[(n * Features) + f], row[f]);
        }

        Assert.Equal(sum, model.Objective, 1e-9 * sum);
    }

    [Fact]
    public void A_model_of_a_measure_without_a_form_in_files_is_not_stored()
    {
        var context = new MLContext(1);
        var data = context.Data.LoadFromEnumerable(Enumerable.Range(0, Samples).Select(
            n => new Row { Values = [.. Values.Skip(n * Features).Take(Features).Select(v => (float)v)] }));
        var model = context.Transforms.NonnegativeMatrixFactorization(
            new NmfEstimator.Options { InputColumnName = "Values", OutputColumnName = "H", Rank = Rank,
                Problem = new SquaredHellinger() }).Fit(data);
        var error = Assert.Throws<NotSupportedException>(
            () => context.Model.Save(model, data.Schema, new MemoryStream()));
        Assert.Contains("the squared Hellinger distance", error.Message);
    }

    private sealed class Row
    {
        [VectorType(Features)]
        public float[] Values { get; set; } = [];
    }

    [Fact]
    public void The_best_constant_has_neighbours_that_are_worse()
    {
        var measure = new SquaredHellinger();
        var best = measure.BestConstant(Dense<double>(Values, Samples, Features));
        double Of(double constant) => Values.Sum(v => measure.Value(v, constant));
        Assert.True(Of(best) < Of(1.01 * best) && Of(best) < Of(0.99 * best));
    }
}
