using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;
using Nmf.Kernels;

namespace TopicService.Tests;

/// <summary>What fits and transforms tell. In this assembly, whose tests run one after the other: meters belong to the
/// process.</summary>
public sealed class FitTelemetryTests
{
    private static readonly NmfOptions Options = new()
    {
        Rank = 3, Iterations = new IterationOptions { MaximumIterations = 25, CheckInterval = 10, Tolerance = 0 },
    };

    [Fact]
    public void A_fit_tells_its_iterations_its_time_and_why_it_ended()
    {
        using var listening = new Listening();
        var model = NmfFactorizer.Fit(Data(), Options);
        Assert.Equal(model.Report.Iterations, listening.Of("mlnmf.fit.iterations").Sum(m => m.Value));
        var duration = Assert.Single(listening.Of("mlnmf.fit.duration"));
        Assert.Equal("NmfModel", duration.Tags["mlnmf.model"]);
        Assert.Equal("MaximumIterations", duration.Tags["mlnmf.fit.stop_reason"]);
        Assert.Equal([1, -1], listening.Of("mlnmf.fit.active").Select(m => m.Value));
        var activity = Assert.Single(listening.Activities);
        Assert.Equal("mlnmf.fit", activity.OperationName);
        Assert.Equal(25, activity.GetTagItem("mlnmf.fit.iterations"));
        Assert.Equal(model.Report.Objective, activity.GetTagItem("mlnmf.fit.objective"));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Iterations_of_all_starts_are_counted()
    {
        using var listening = new Listening();
        NmfFactorizer.Fit(Data(), Options with { Starts = 3, Initialization = NmfInitialization.Random });
        Assert.Equal(75, listening.Of("mlnmf.fit.iterations").Sum(m => m.Value));
        Assert.Single(listening.Of("mlnmf.fit.duration"));
    }

    [Fact]
    public void The_objective_of_a_running_fit_can_be_collected_and_is_gone_after_it()
    {
        using var listening = new Listening();
        List<(double Told, double Collected)> seen = [];
        NmfFactorizer.Fit(Data(), Options, progress: new Immediate(progress => seen.Add(
            (progress.Objective, Assert.Single(listening.Collect("mlnmf.fit.objective")).Value))));
        Assert.Equal(4, seen.Count);
        Assert.All(seen, pair => Assert.Equal(pair.Told, pair.Collected));
        Assert.Empty(listening.Collect("mlnmf.fit.objective"));
    }

    [Fact]
    public void A_fit_that_fails_tells_the_type_of_the_error()
    {
        using var listening = new Listening();
        Assert.Throws<OperationCanceledException>(() => NmfFactorizer.Fit(
            Data(), Options, progress: new Immediate(_ => throw new OperationCanceledException())));
        var duration = Assert.Single(listening.Of("mlnmf.fit.duration"));
        Assert.Equal(typeof(OperationCanceledException).FullName, duration.Tags["error.type"]);
        Assert.False(duration.Tags.ContainsKey("mlnmf.fit.stop_reason"));
        Assert.Equal(0, listening.Of("mlnmf.fit.active").Sum(m => m.Value));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(listening.Activities).Status);
    }

    [Fact]
    public void Models_of_other_kinds_are_called_after_their_classes()
    {
        using var listening = new Listening();
        RatingModel.Fit([new(0, 0, 3), new(1, 0, 4), new(1, 1, 2)], 2, 2, new RatingOptions { Rank = 1 });
        TensorNmf.Fit(
            NmfTensor<double>.FromDense([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), new TensorNmfOptions { Rank = 1 });
        CoNmf.Fit([Data(), Data()], new CoNmfOptions { Rank = 2 });
        Assert.Equal(
            ["RatingModel", "TensorNmfModel", "CoNmfModel"],
            listening.Of("mlnmf.fit.duration").Select(m => (string)m.Tags["mlnmf.model"]!));
    }

    [Fact]
    public void A_stream_counts_its_passes()
    {
        using var listening = new Listening();
        var model = OnlineFactorizer.Fit(
            NmfBatchSource.FromData(Data()), new OnlineNmfOptions { Rank = 2, Passes = 3, Tolerance = 0 });
        Assert.Equal(3, listening.Of("mlnmf.fit.iterations").Sum(m => m.Value));
        Assert.Equal("OnlineNmf", Assert.Single(listening.Of("mlnmf.fit.duration")).Tags["mlnmf.model"]);
        Assert.Equal(model.Report.Iterations, Assert.Single(listening.Activities).GetTagItem("mlnmf.fit.iterations"));
    }

    [Fact]
    public void A_batch_that_is_transformed_counts_its_rows_and_belongs_to_who_asked()
    {
        var context = new MLContext(1);
        var rows = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 40).Select(i => new Vector { Values = [1, i % 3, 2, i % 5] }));
        var model = context.Transforms.NonnegativeMatrixFactorization("H", "Values", rank: 2).Fit(rows);
        using var listening = new Listening();
        using var outer = new Activity("a request").Start();
        var column = model.Transform(rows);
        using (var cursor = column.GetRowCursor([column.Schema["H"]]))
        {
            var getter = cursor.GetGetter<VBuffer<float>>(column.Schema["H"]);
            VBuffer<float> h = default;
            while (cursor.MoveNext())
                getter(ref h);
            Assert.Same(outer, Activity.Current);
        }

        Assert.Same(outer, Activity.Current);
        Assert.Equal(40, listening.Of("mlnmf.transform.rows").Sum(m => m.Value));
        Assert.All(listening.Activities, activity =>
        {
            Assert.Equal("mlnmf.transform", activity.OperationName);
            Assert.Equal(outer.SpanId, activity.ParentSpanId);
        });
        Assert.Equal(40L, listening.Activities.Sum(activity => (long)activity.GetTagItem("mlnmf.transform.rows")!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_batch_that_fails_says_so(int bad)
    {
        var context = new MLContext(1);
        IDataView Rows(int negative) => context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 40).Select(
                i => new Vector { Values = [i == negative ? -1 : 1, 1 + (i % 3), 2, 1 + (i % 5)] }));
        ITransformer[] models =
        [
            context.Transforms.NonnegativeMatrixFactorization("H", "Values", rank: 2).Fit(Rows(-1)),
            context.Transforms.MarginalLikelihoodNmf("H", "Values", rank: 2).Fit(Rows(-1)),
            context.Transforms.SmoothNmf("H", "Values", rank: 2).Fit(Rows(-1)),
        ];
        foreach (var model in models)
        {
            using var listening = new Listening();
            Assert.ThrowsAny<Exception>(() => model.Transform(Rows(bad)).GetColumn<float[]>("H").Count());
            var activity = Assert.Single(listening.Activities);
            Assert.Equal("mlnmf.transform", activity.OperationName);
            Assert.Equal(ActivityStatusCode.Error, activity.Status);
            Assert.Contains("-1", activity.StatusDescription, StringComparison.Ordinal);
            Assert.Equal(typeof(NmfDataException).FullName, activity.GetTagItem("error.type"));
        }
    }

    private static NmfData<double> Data()
    {
        var random = new Random(1);
        var matrix = new Matrix<double>(12, 8);
        for (var n = 0; n < 12; n++)
        {
            foreach (ref var value in matrix.Row(n))
                value = random.NextDouble();
        }

        return NmfData<double>.FromMatrix(matrix);
    }

    private sealed class Immediate(Action<FitProgress> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value);
    }

    private sealed class Vector
    {
        [VectorType(4)]
        public float[] Values { get; set; } = [];
    }
}
