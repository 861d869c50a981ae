using Microsoft.ML.Transforms;
using Nmf;

namespace Sequences;

/// <summary>How well the spectra to come are forecast, so many frames ahead: Itakura-Saito divergence per entry, mean
/// over all frames of recordings that the model has not seen.</summary>
/// <param name="Ahead">How many frames ahead.</param>
/// <param name="Transitions">Of W Aᵐ h, what the dynamical system expects.</param>
/// <param name="Unchanged">Of W h: everything stays as it is.</param>
/// <param name="Mean">Of the mean spectrum of the training data.</param>
internal sealed record ForecastStudy(int Ahead, double Transitions, double Unchanged, double Mean)
{
    /// <summary>Follows the recordings with the causal filter, which knows the past alone, and forecasts
    /// from every frame.</summary>
    public static ForecastStudy[] Run(
        SequenceNmfTransformer system, IReadOnlyList<Frame> unseen, IReadOnlyList<Frame> training, int farthest)
    {
        float[] mean = [.. Enumerable.Range(0, Melody.Bins).Select(f => training.Average(frame => frame.Power[f]))];
        var sums = new (double Transitions, double Unchanged, double Mean, int Count)[farthest];
        var filter = system.CreateFilter();
        foreach (var recording in unseen.GroupBy(frame => frame.Recording).Select(group => group.ToArray()))
        {
            filter.Reset();
            var activations = new float[system.Model.Rank];
            for (var n = 0; n < recording.Length; n++)
            {
                filter.Push(recording[n].Power, activations);
                var now = Spectrum(system, activations);
                var expected = system.Forecast(activations, farthest);
                for (var ahead = 1; ahead <= farthest && n + ahead < recording.Length; ahead++)
                {
                    var truth = recording[n + ahead].Power;
                    ref var sum = ref sums[ahead - 1];
                    sum = (sum.Transitions + Divergence(truth, Spectrum(system, expected[ahead - 1])),
                        sum.Unchanged + Divergence(truth, now), sum.Mean + Divergence(truth, mean), sum.Count + 1);
                }
            }
        }

        return [.. sums.Select((sum, i) => new ForecastStudy(
            i + 1, sum.Transitions / sum.Count, sum.Unchanged / sum.Count, sum.Mean / sum.Count))];
    }

    /// <summary>The spectrum of some activations: W h.</summary>
    public static float[] Spectrum(SequenceNmfTransformer system, ReadOnlySpan<float> activations)
    {
        var spectrum = new float[system.Model.FeatureCount];
        for (var k = 0; k < activations.Length; k++)
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                system.Model.GetComponent(k), activations[k], spectrum, spectrum);
        return spectrum;
    }

    private static double Divergence(float[] truth, float[] forecast)
    {
        double sum = 0;
        for (var f = 0; f < truth.Length; f++)
            sum += BetaDivergence.Value(truth[f], Math.Max(forecast[f], 1e-12), BetaDivergence.ItakuraSaito);
        return sum / truth.Length;
    }
}
