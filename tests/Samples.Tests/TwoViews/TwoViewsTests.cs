using MathNet.Numerics.LinearAlgebra;
using TwoViews;

namespace Samples.Tests;

/// <summary>The baselines and the findings of the sample of two views.</summary>
public sealed class TwoViewsTests
{
    // The normal equations, for one weight after the other.
    [Fact]
    public void Ridge_regression_is_that_of_the_normal_equations()
    {
        var random = new Random(1);
        double[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
        var (inputs, outputs, test, truth) = (Rows(20 * 5), Rows(20 * 3), Rows(7 * 5), Rows(7 * 3));
        var found = Ridge.Best(inputs, outputs, test, truth, (5, 3));
        var x = Matrix<double>.Build.DenseOfRowMajor(20, 5, inputs);
        var y = Matrix<double>.Build.DenseOfRowMajor(20, 3, outputs);
        var t = Matrix<double>.Build.DenseOfRowMajor(7, 5, test);
        var (meanX, meanY) = (x.ColumnSums() / 20, y.ColumnSums() / 20);
        x = x.MapIndexed((_, f, value) => value - meanX[f]);
        y = y.MapIndexed((_, f, value) => value - meanY[f]);
        t = t.MapIndexed((_, f, value) => value - meanX[f]);
        var largest = Math.Pow(x.Svd().S[0], 2);
        var errors = Ridge.Weights.Select(weight =>
        {
            var w = (x.TransposeThisAndMultiply(x) + (Matrix<double>.Build.DenseIdentity(5) * weight * largest))
                .Solve(x.TransposeThisAndMultiply(y));
            return (t * w).MapIndexed((n, f, value) => Math.Pow(
                Math.Max(0, value + meanY[f]) - truth[(n * 3) + f], 2)).RowSums().Sum();
        });
        Assert.Equal(errors.Min() / truth.Sum(v => v * v), Split.Error(truth, found), 1e-9);
    }

    [Fact]
    public void A_dark_picture_learns_from_the_sound_and_a_missing_one_is_predicted_better_than_by_means()
    {
        var trial = Trial.Run(new Conditions(150, 0.3), 3);
        Assert.True(trial.Findings[1].Denoised < trial.Findings[0].Denoised);
        Assert.True(trial.Findings[1].Predicted < 0.8 * trial.Means);
        Assert.All(trial.Findings, found => Assert.InRange(found.Angle, 0, 90));
    }

    [Fact]
    public void Scenes_are_the_same_for_a_seed_and_their_pictures_have_the_light_that_was_asked_for()
    {
        var scene = new Scene(new Conditions(400, 2), 5);
        Assert.Equal(scene.Picture.Train, new Scene(new Conditions(400, 2), 5).Picture.Train);
        Assert.Equal(2, scene.Clear.Train.Concat(scene.Clear.Test).Average(), 1e-9);
        Assert.InRange(scene.Picture.Train.Average(), 1.8, 2.2);
        Assert.All(scene.Picture.Train, photons => Assert.Equal(Math.Floor(photons), photons));
    }
}
