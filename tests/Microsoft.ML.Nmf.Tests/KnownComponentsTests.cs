using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class KnownComponentsTests
{
    private const int Features = 12;

    private readonly MLContext _context = new(seed: 1);

    private static float[][] Known => [[.. Enumerable.Range(0, Features).Select(f => (f % 3) + 0.5f)],
        [.. Enumerable.Range(0, Features).Select(f => 100f * (f % 2))]];

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Known_components_come_first_with_their_values_and_survive_saving(double beta)
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.NonnegativeMatrixFactorization(Options(beta)).Fit(view);
        for (var k = 0; k < Known.Length; k++)
            Assert.Equal(Known[k], model.Model.GetComponent(k).ToArray());
        Assert.Equal(1, model.Model.GetComponent(2).ToArray().Sum(value => (double)value), 1e-5);
        var loaded = ModelStream.Load(ModelStream.Save(model));
        Assert.Equal(TestRows.Column(model.Transform(view), "H"), TestRows.Column(loaded.Transform(view), "H"));

        // The component that was found explains what the known ones do not.
        var two = Options(beta);
        two.Rank = 2;
        var onlyKnown = _context.Transforms.NonnegativeMatrixFactorization(two).Fit(view);
        Assert.True(model.Model.ExplainedPart > onlyKnown.Model.ExplainedPart);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var view = TestRows.View(_context, TestRows.Values());
        Refused("There are 2 known components, but the rank is 1", options => options.Rank = 1);
        Refused("Known component 0 holds -1 at slot 2", options => options.KnownComponents = [[1, 1, -1]]);
        Refused("Known component 0 is null", options => options.KnownComponents = [null!]);
        Refused("solver Hals moves all components", options => options.Solver = Nmf.NmfSolver.Hals);
        Refused("Known component 0 has 3 values", options => options.KnownComponents = [[1, 1, 1]]);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3).Fit(view);
        Refused("initial model", options => options.InitialModel = model.Model);
        Assert.Contains(
            "does not start from another model", Assert.ThrowsAny<ArgumentException>(
                () => _context.Transforms.NonnegativeMatrixFactorization(Options(2)).Fit(view, model.Model)).Message,
            StringComparison.Ordinal);

        void Refused(string text, Action<NmfEstimator.Options> change)
        {
            var options = Options(2);
            change(options);
            Assert.Contains(
                text, Assert.ThrowsAny<ArgumentException>(
                    () => _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view)).Message,
                StringComparison.Ordinal);
        }
    }

    private static NmfEstimator.Options Options(double beta)
        => new() { OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Beta = beta, KnownComponents = Known,
            MaximumNumberOfIterations = 50 };
}
