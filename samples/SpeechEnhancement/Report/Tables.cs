using System.Globalization;
using SpeechEnhancement.Evaluation;

namespace SpeechEnhancement.Report;

/// <summary>Scores as tables.</summary>
internal static class Tables
{
    // Above this, what is left of artifacts is rounding.
    private const double Perfect = 100;

    /// <summary>Mean scores of all methods, and how far they are from those of the mixtures.</summary>
    public static Table Summary(IEnumerable<Outcome> outcomes)
    {
        var table = new Table(
            "Mixture", "Method", ">SDR", ">better by", ">± error", ">SIR", ">SAR", ">SI-SDR", ">better by");
        foreach (var outcome in outcomes)
        {
            var (mean, gain) = (Score.Mean(outcome.Scores), Score.Mean(outcome.Improvements));
            var isMixture = outcome.Method == Method.Noisy;
            table.Add(
                Ratio(outcome.Decibels), outcome.Method, Number(mean.Distortion),
                isMixture ? "" : Signed(gain.Distortion), isMixture ? "" : Number(StandardError(outcome)),
                Number(mean.Interference), mean.Artifacts > Perfect ? "–" : Number(mean.Artifacts),
                Number(mean.ScaleInvariant), isMixture ? "" : Signed(gain.ScaleInvariant));
        }

        return table;
    }

    /// <summary>SDR of every mixture.</summary>
    public static Table Every(IReadOnlyList<Outcome> outcomes, IReadOnlyList<Mixture> mixtures)
    {
        var table = new Table(["Mixture", .. outcomes.Select(outcome => ">" + outcome.Method)]);
        for (var i = 0; i < mixtures.Count; i++)
            table.Add([mixtures[i].Name, .. outcomes.Select(outcome => Number(outcome.Scores[i].Distortion))]);
        return table;
    }

    /// <summary>The standard error of the mean improvement of the SDR; mixtures share speakers and helicopters, so it
    /// is a little too small.</summary>
    public static double StandardError(Outcome outcome)
    {
        var gains = outcome.Improvements.Select(score => score.Distortion).ToArray();
        var mean = gains.Average();
        return gains.Length < 2
            ? double.NaN
            : Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) / (gains.Length - 1) / gains.Length);
    }

    /// <summary>A ratio with its unit.</summary>
    public static string Ratio(double decibels) => decibels.ToString("0", CultureInfo.InvariantCulture) + " dB";

    /// <summary>A number with a sign.</summary>
    public static string Signed(double value) => value.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => Format.Figure(value, 1);
}
