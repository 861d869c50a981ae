using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

public class RobustTests
{
    private const int Rows = 150;
    private const int Features = 30;
    private const int Rank = 3;

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, 1.0)]
    [InlineData(1.0, 1.5)]
    public void Planted_outliers_get_the_highest_scores_and_do_not_bend_the_dictionary(double beta, double lambda)
    {
        var (values, isOutlier, parts) = Planted();
        var view = TestRows.View(_context, values);
        var plain = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: Rank, beta: beta, maximumIterations: 500).Fit(view);
        var robust = _context.Transforms.RobustNmf(
            "H", "Features", rank: Rank, scoreColumnName: "Score", lambda: lambda, beta: beta, maximumIterations: 500)
            .Fit(view);

        var auc = AreaUnderCurve([.. robust.Transform(view).GetColumn<float>("Score")], isOutlier);
        var (of, off) = (Similarity(parts, robust.Model), Similarity(parts, plain.Model));

        Assert.True(auc > 0.99, $"AUC {auc}");
        Assert.True(of > 0.96 && of > off + 0.02, $"dictionary: robust {of}, plain {off}");
    }

    [Fact]
    public void All_columns_come_with_their_types_and_agree_with_each_other()
    {
        var (values, _, _) = Planted();
        var names = Enumerable.Range(0, Features).Select(f => $"band{f}").ToArray();
        var view = TestRows.View(_context, values, slotNames: names);
        var estimator = _context.Transforms.RobustNmf(AllColumns());
        var model = estimator.Fit(view);
        var output = model.Transform(view);

        var shape = estimator.GetOutputSchema(SchemaShape.Create(view.Schema));
        foreach (var column in new[] { "H", "Model", "Score", "Outliers" })
        {
            var expected = output.Schema[column];
            var announced = shape.Single(c => c.Name == column);
            Assert.Equal(expected.Type is VectorDataViewType, announced.Kind == SchemaShape.Column.VectorKind.Vector);
            Assert.Equal(expected.HasSlotNames(), announced.HasSlotNames());
        }

        var (activations, scores, outliers) = (TestRows.Column(output, "H"), output.GetColumn<float>("Score").ToArray(),
            TestRows.Column(output, "Outliers"));
        var models = TestRows.Column(output, "Model");
        for (var n = 0; n < Rows; n++)
        {
            Assert.Equal(Math.Sqrt(outliers[n].Sum(r => (double)r * r)), scores[n], 1e-4 * (1 + scores[n]));
            for (var f = 0; f < Features; f++)
            {
                // An outlier part only where the data exceed the model, and never beyond the data.
                Assert.InRange(outliers[n][f], 0, 1e-4f + Math.Max(0, values[n][f] - models[n][f]));
                Assert.Equal(
                    Enumerable.Range(0, Rank).Sum(k => activations[n][k] * model.Model.GetComponent(k)[f]),
                    models[n][f], 1e-4f * (1 + models[n][f]));
            }
        }
    }

    [Fact]
    public void A_loaded_model_and_a_prediction_engine_give_the_same_bits()
    {
        var (values, _, _) = Planted();
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.RobustNmf(AllColumns()).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;

        var loaded = Assert.IsType<NmfTransformer>(new MLContext().Model.Load(stream, out _));

        Assert.Equal(model.Model.Problem, loaded.Model.Problem);
        Assert.Equal("Model", loaded.ReconstructionColumnName);
        var (before, after) = (model.Transform(view), loaded.Transform(view));
        foreach (var column in new[] { "H", "Model", "Outliers" })
            Assert.Equal(TestRows.Column(before, column), TestRows.Column(after, column));
        var scores = before.GetColumn<float>("Score").ToArray();
        Assert.Equal(scores, after.GetColumn<float>("Score"));
        var engine = _context.Model.CreatePredictionEngine<Input, Output>(loaded);
        Assert.Equal(scores[3], engine.Predict(new Input { Features = values[3] }).Score);
        Assert.Equal(scores[Rows - 1], engine.Predict(new Input { Features = values[^1] }).Score);
    }

    [Fact]
    public void Sparse_rows_give_the_bits_of_dense_ones()
    {
        var values = TestRows.Values(density: 0.2);
        var model = _context.Transforms.RobustNmf("H", "Features", rank: 3, lambda: 0.2, scoreColumnName: "Score")
            .Fit(TestRows.View(_context, values));
        var (dense, sparse) = (model.Transform(TestRows.View(_context, values)),
            model.Transform(TestRows.View(_context, values, sparse: true)));

        Assert.Equal(TestRows.Column(dense, "H"), TestRows.Column(sparse, "H"));
        Assert.Equal(dense.GetColumn<float>("Score"), sparse.GetColumn<float>("Score"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_penalty_that_is_not_positive_is_refused(double lambda)
        => Assert.Contains(
            "The outlier penalty lambda must be finite and greater than zero", Assert.ThrowsAny<ArgumentException>(
                () => _context.Transforms.RobustNmf("H", "Features", lambda: lambda)).Message);

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        Refused(
            "Robust factorization needs beta between 0 and 2, not 3", options => options.Problem = new RobustNmf(3, 1));
        Refused("must be of type RobustNmf here", options => options.Problem = new BernoulliLikelihood());
        Refused("The solver Hals has no outlier term", options => options.Solver = NmfSolver.Hals);
        Refused("An outlier column needs an outlier term", options => options.Problem = 2, core: true);
        Refused(
            "The outlier column must have another name than the other output columns",
            options => options.OutlierColumnName = "Score");
        Refused(
            "The outlier score column must have another name than the other output columns",
            options => options.OutlierScoreColumnName = "H");

        void Refused(string message, Action<NmfEstimator.Options> spoil, bool core = false)
        {
            var options = AllColumns();
            spoil(options);
            var error = Assert.ThrowsAny<ArgumentException>(() => core
                ? _context.Transforms.NonnegativeMatrixFactorization(options) : _context.Transforms.RobustNmf(options));
            Assert.Contains(message, error.Message);
        }
    }

    [Fact]
    public void A_damaged_penalty_is_refused_when_the_model_is_loaded()
    {
        var (values, _, _) = Planted();
        var model = _context.Transforms.RobustNmf("H", "Features", rank: 2, lambda: 0.8125, maximumIterations: 3)
            .Fit(TestRows.View(_context, values));
        var bytes = ModelStream.Save(model);
        var at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(0.8125));
        BitConverter.GetBytes(-0.8125).CopyTo(bytes, at);
        ModelStream.WriteChecksum(bytes);

        var error = Assert.ThrowsAny<Exception>(() => ModelStream.Load(bytes));

        Assert.Contains("outlier penalty", Assert.IsType<FormatException>(error.GetBaseException()).Message);
    }

    private static NmfEstimator.Options AllColumns() => new()
    {
        OutputColumnName = "H",
        InputColumnName = "Features",
        ReconstructionColumnName = "Model",
        OutlierScoreColumnName = "Score",
        OutlierColumnName = "Outliers",
        Rank = Rank,
        Problem = new RobustNmf(BetaDivergence.Euclidean, 1),
        Iterations = new() { MaximumIterations = 60 },
    };

    // Rows of three smooth parts with little noise; every tenth row has a few large entries besides.
    private static (float[][] Values, bool[] IsOutlier, double[][] Parts) Planted()
    {
        var random = new Random(3);
        var parts = Enumerable.Range(0, Rank)
            .Select(k => Enumerable.Range(0, Features)
                .Select(f => Math.Exp(-Math.Pow((f - 5 - (10 * k)) / 4.0, 2))).ToArray()).ToArray();
        var isOutlier = Enumerable.Range(0, Rows).Select(n => n % 10 == 3).ToArray();
        var values = isOutlier.Select(outlier =>
        {
            var h = Enumerable.Range(0, Rank).Select(_ => 0.2 + (2 * random.NextDouble())).ToArray();
            var row = Enumerable.Range(0, Features).Select(f =>
                (float)(0.02 + (0.05 * random.NextDouble()) + Enumerable.Range(0, Rank).Sum(k => h[k] * parts[k][f])))
                .ToArray();
            for (var i = 0; outlier && i < 6; i++)
                row[random.Next(Features)] += 4 + (4 * random.NextSingle());
            return row;
        }).ToArray();
        return (values, isOutlier, parts);
    }

    private static double AreaUnderCurve(float[] scores, bool[] positive)
    {
        double above = 0, pairs = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = 0; j < scores.Length && positive[i]; j++)
            {
                if (positive[j])
                    continue;
                pairs++;
                above += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
        }

        return above / pairs;
    }

    // Mean over the true parts of the cosine with the component that is most like it.
    private static double Similarity(double[][] parts, NmfModelParameters model)
        => parts.Average(part => Enumerable.Range(0, Rank).Max(k =>
        {
            var component = model.GetComponent(k).ToArray();
            var dot = part.Zip(component, (a, b) => a * b).Sum();
            return dot / Math.Sqrt(part.Sum(a => a * a) * component.Sum(b => (double)b * b));
        }));

    private sealed class Input
    {
        [VectorType(RobustTests.Features)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        public float Score { get; set; }
    }
}
