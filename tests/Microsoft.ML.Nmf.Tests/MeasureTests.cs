using System.Numerics;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

public class MeasureTests
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string, MeasureOfFit> Measures => new()
    {
        { "alpha", new AlphaDivergence(0.5) },
        { "alpha zero", new AlphaDivergence(0) },
        { "Bregman", new BregmanDivergence(new ItakuraSaitoGenerator()) },
        { "logistic", new BregmanDivergence(new LogisticGenerator()) },
        { "Bernoulli", new BernoulliLikelihood(1.05, 1.1) },
        { "own", new BregmanDivergence(new CubicGenerator()) },
    };

    [Theory]
    [MemberData(nameof(Measures))]
    public void A_model_is_fitted_saved_loaded_and_gives_the_same_bits(string name, MeasureOfFit measure)
    {
        Assert.NotEmpty(name);
        var values = Array.ConvertAll(
            TestRows.Values(), row => Array.ConvertAll(row, v => Math.Min(1, 0.01f + (0.3f * v))));
        var view = TestRows.View(_context, values);
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(Options(measure));
        var model = estimator.Fit(view);

        Assert.Equal((NmfProblem)measure, model.Model.Problem);
        Assert.True(model.Model.ExplainedPart > 0.3, $"{model.Model.ExplainedPart}");
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;
        var fresh = new MLContext();
        fresh.ComponentCatalog.RegisterAssembly(typeof(CubicGenerator).Assembly);
        var loaded = Assert.IsType<NmfTransformer>(fresh.Model.Load(stream, out _));

        Assert.Equal(measure.ToString(), loaded.Model.Problem.Entry.ToString());
        Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded.Transform(view), "H"));
    }

    [Fact]
    public void A_generator_that_is_not_registered_is_named_when_the_model_is_loaded()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization(
            Options(new BregmanDivergence(new CubicGenerator()))).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(model, view.Schema, stream);
        stream.Position = 0;

        var error = Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(stream, out _));

        Assert.Contains(
            "'MLNmf.Tests.Cubic', which is not registered", error.GetBaseException().Message + Messages(error));
    }

    [Fact]
    public void A_generator_without_a_name_can_be_fitted_but_not_saved()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization(
            Options(new BregmanDivergence(new NamelessGenerator()))).Fit(view);

        var error = Assert.ThrowsAny<Exception>(() => _context.Model.Save(model, view.Schema, new MemoryStream()));

        Assert.Contains("give the class the attribute [BregmanGenerator(", Messages(error));
    }

    [Fact]
    public void Data_beyond_what_the_likelihood_allows_are_named_in_fit_and_in_transform()
    {
        var good = Array.ConvertAll(TestRows.Values(), row => Array.ConvertAll(row, v => v > 0.2f ? 1f : 0f));
        var estimator = _context.Transforms.NonnegativeMatrixFactorization(Options(new BernoulliLikelihood()));
        var model = estimator.Fit(TestRows.View(_context, good));
        good[7][3] = 1.5f;
        var bad = TestRows.View(_context, good);

        foreach (var act in new Action[] { () => estimator.Fit(bad), () => TestRows.Column(model.Transform(bad), "H") })
        {
            var error = Assert.IsType<NmfDataException>(Assert.ThrowsAny<Exception>(act).GetBaseException());
            Assert.Contains(
                "Column 'Features' is 1.5 in row 7, slot 3, but the Bernoulli likelihood needs data between 0 and 1.",
                error.Message);
            Assert.Equal((7L, 3, 1.5), (error.Sample, error.Feature, error.Value));
        }
    }

    [Fact]
    public void A_zero_under_a_nonpositive_alpha_is_named()
    {
        var values = TestRows.Values();
        values[2][5] = 0;
        var error = Assert.Throws<NmfDataException>(() => _context.Transforms.NonnegativeMatrixFactorization(
            Options(new AlphaDivergence(-1))).Fit(TestRows.View(_context, values)));
        Assert.Contains("is 0 in row 2, slot 5, where the alpha-divergence with alpha = -1 is infinite", error.Message);
    }

    [Fact]
    public void A_generator_that_gives_nan_is_named()
    {
        var error = Assert.ThrowsAny<Exception>(() => _context.Transforms.NonnegativeMatrixFactorization(
            Options(new BregmanDivergence(new BrokenGenerator()))).Fit(TestRows.View(_context, TestRows.Values())));
        Assert.Contains(
            "The generator BrokenGenerator gives NaN",
            Assert.IsType<BregmanGeneratorException>(error.GetBaseException()).Message);
    }

    [Fact]
    public void A_measure_goes_with_no_solver_that_is_made_for_another()
    {
        var options = Options(new AlphaDivergence(2));
        options.Solver = NmfSolver.MajorizationMinimization;
        var error = Assert.ThrowsAny<ArgumentException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(options));
        Assert.Contains("minimises beta-divergences, not the alpha-divergence with alpha = 2", error.Message);
    }

    private static NmfEstimator.Options Options(MeasureOfFit measure)
        => new() { OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = measure,
            Iterations = new() { MaximumIterations = 100 } };

    private static string Messages(Exception? error)
        => error is null ? "" : error.Message + "\n" + Messages(error.InnerException);

    /// <summary>φ = x³/6, the β-divergence with β = 3 up to a factor.</summary>
    [BregmanGenerator("MLNmf.Tests.Cubic")]
    public class CubicGenerator : IBregmanGenerator, IEquatable<CubicGenerator>
    {
        public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => model.CopyTo(curvature);

        public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            // v³/6 - y³/6 - y²/2 (v - y) = (v - y)² (v + 2y)/6
            for (var i = 0; i < data.Length; i++)
                divergence[i] =
                    (data[i] - model[i]) * (data[i] - model[i]) * (data[i] + model[i] + model[i]) / T.CreateChecked(6);
        }

        public bool Equals(CubicGenerator? other) => other is not null;

        public override bool Equals(object? obj) => Equals(obj as CubicGenerator);

        public override int GetHashCode() => 1;
    }

    private sealed class NamelessGenerator : IBregmanGenerator
    {
        private readonly EuclideanGenerator _euclidean = new();

        public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => _euclidean.Curvature(model, curvature);

        public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => _euclidean.Divergence(data, model, divergence);
    }

    private sealed class BrokenGenerator : IBregmanGenerator
    {
        public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => curvature.Fill(T.One);

        public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            => TensorPrimitives.Multiply(data, T.NaN, divergence);
    }
}
