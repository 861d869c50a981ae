using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

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
        Refused(
            "Known component 0 holds -1 at feature 2",
            options => options.Problem = new BetaNmf { Known = KnownComponents.FromColumns([[1f, 1, -1]]) });
        Refused(
            "Known component 0 is null",
            options => options.Problem = new BetaNmf { Known = KnownComponents.FromColumns((float[][])[null!]) });
        Refused("solver Hals moves all components", options => options.Solver = NmfSolver.Hals);
        Refused(
            "known components have 3 features",
            options => options.Problem = new BetaNmf { Known = KnownComponents.FromColumns([[1f, 1, 1]]) });

        void Refused(string text, Action<NmfEstimator.Options> change)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() =>
            {
                var options = Options(2);
                change(options);
                _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
            });
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }
    }

    private static NmfEstimator.Options Options(double beta)
        => new() { OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = new BetaNmf(
            beta) { Known = KnownComponents.FromColumns(Known) }, Iterations = new() { MaximumIterations = 50 } };
}
