using Nmf;
using Nmf.Kernels;

namespace TwoViews;

/// <summary>One way to learn from both views, or from one alone.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Coupling">How the views are coupled; null for the picture alone.</param>
internal sealed record Way(string Name, ViewCoupling? Coupling)
{
    public static IReadOnlyList<Way> All { get; } =
    [
        new("picture alone", null),
        new("shared", ViewCoupling.Shared),
        new("L1, 0.03", ViewCoupling.L1(0.03)),
        new("L1, 0.3", ViewCoupling.L1(0.3)),
        new("L2, 0.3", ViewCoupling.L2(0.3)),
        new("L2, 3", ViewCoupling.L2(3)),
    ];
}

/// <summary>What one way has found in one scene.</summary>
/// <param name="Shapes">Found pictures of the events, in the order of the true ones.</param>
/// <param name="Angle">Mean angle between these and the true ones in degrees.</param>
/// <param name="Denoised">Error of the model of the pictures it has learnt from, against those without noise.</param>
/// <param name="Predicted">Error of the pictures that it predicts from the sound alone; NaN for the picture
/// alone.</param>
/// <param name="Prediction">These pictures.</param>
internal sealed record Finding(
    double[][] Shapes, double Angle, double Denoised, double Predicted, Matrix<double>? Prediction);

/// <summary>All ways on one scene.</summary>
internal sealed record Trial(
    Scene Scene, IReadOnlyList<Finding> Findings, double Means, double Ridge, Matrix<double> RidgePrediction)
{
    public static Trial Run(Conditions conditions, int seed)
    {
        var scene = new Scene(conditions, seed);
        var ridge = TwoViews.Ridge.Best(
            scene.Sound.Train, scene.Picture.Train, scene.Sound.Test, scene.Clear.Test, (Scene.Bands, Scene.Pixels));
        var means = new Matrix<double>(Scene.TestRows, Scene.Pixels);
        for (var f = 0; f < Scene.Pixels; f++)
        {
            var mean = Enumerable.Range(0, conditions.Rows).Average(n => scene.Picture.Train[(n * Scene.Pixels) + f]);
            for (var n = 0; n < means.Rows; n++)
                means[n, f] = mean;
        }

        return new Trial(
            scene, [.. Way.All.Select(way => Find(scene, way, seed))], Split.Error(scene.Clear.Test, means),
            Split.Error(scene.Clear.Test, ridge), ridge);
    }

    private static Finding Find(Scene scene, Way way, int seed)
    {
        if (way.Coupling is not { } coupling)
        {
            var alone = NmfFactorizer.Fit(
                scene.Picture.TrainData,
                new NmfOptions { Rank = Scene.Events, Problem = new BetaNmf(1), Starts = 4, Seed = seed });
            return Describe(scene, alone.Dictionary, alone.Reconstruct(alone.Activations), null);
        }

        var model = CoNmf.Fit(
            [scene.Sound.TrainData, scene.Picture.TrainData],
            new CoNmfOptions { Rank = Scene.Events, Coupling = coupling, Starts = 4, Seed = seed });
        return Describe(
            scene, model.Dictionaries[1], model.Reconstruct(1, model.Activations[1]),
            model.Predict([scene.Sound.TestData, null], 1));
    }

    private static Finding Describe(
        Scene scene, Matrix<double> dictionary, Matrix<double> denoised, Matrix<double>? prediction)
    {
        double[][] found = [.. Enumerable.Range(0, Scene.Events).Select(
            k => Enumerable.Range(0, Scene.Pixels).Select(f => dictionary[f, k]).ToArray())];
        var angles = new double[Scene.Events, Scene.Events];
        for (var i = 0; i < Scene.Events; i++)
        {
            for (var j = 0; j < Scene.Events; j++)
                angles[i, j] = SpectralAngle.Degrees<double>(scene.Shapes[i], found[j]);
        }

        var matching = ComponentMatching.Match(angles);
        return new Finding(
            [.. matching.ComponentOf.Select(k => k < 0 ? new double[Scene.Pixels] : found[k])], matching.MeanDistance,
            Split.Error(scene.Clear.Train, denoised),
            prediction is null ? double.NaN : Split.Error(scene.Clear.Test, prediction), prediction);
    }
}

/// <summary>All scenes of some conditions.</summary>
internal sealed record Study(Conditions Conditions, IReadOnlyList<Trial> Trials)
{
    public static Study Run(Conditions conditions, int seeds, int seed)
        => new(conditions, [.. Enumerable.Range(seed, seeds).Select(s => Trial.Run(conditions, s))]);

    public double Mean(Func<Trial, double> of) => Trials.Average(of);

    public double Mean(int way, Func<Finding, double> of) => Trials.Average(trial => of(trial.Findings[way]));

    /// <summary>In how many scenes a way is better than the picture alone.</summary>
    public int Better(int way, Func<Finding, double> of)
        => Trials.Count(trial => of(trial.Findings[way]) < of(trial.Findings[0]));
}
