using System.Globalization;
using System.Text;

namespace Nmf;

/// <summary>How well one noise, with its measure of fit, predicts entries that were not seen.</summary>
public sealed record MeasureSurveyEntry
{
    internal MeasureSurveyEntry(EntryNoiseModel noise, double beta) => (Noise, Beta) = (noise, beta);

    /// <summary>The noise, with the dispersion of the held-out entries.</summary>
    public EntryNoiseModel Noise { get; internal init; }

    /// <summary>β of the measure of this noise; of noise without a β of its own 1, of Bernoulli noise, whose fit can
    /// leave no entry out, 2.</summary>
    public double Beta { get; }

    /// <summary>Why the data cannot have this noise, or null where they can; then nothing else is known.</summary>
    public string? Objection { get; internal init; }

    /// <summary>The rank that predicts best with this noise.</summary>
    public int Rank { get; internal init; }

    /// <summary>β of the fits whose predictions are likeliest under this noise.</summary>
    public double PredictionBeta { get; internal init; }

    /// <summary>For every fold the log-likelihood per held-out entry.</summary>
    public IReadOnlyList<double> FoldLogLikelihoods { get; internal init; } = [];

    /// <summary>For every fold log p of every entry, until all have been compared.</summary>
    internal double[][] Logs { get; init; } = [];

    /// <summary>Mean log-likelihood per held-out entry; of whole numbers a probability under every noise, else a
    /// density in the unit of the data.</summary>
    public double HeldOutPerEntry => FoldLogLikelihoods.DefaultIfEmpty(double.NaN).Average();

    /// <summary>What the best noise has more, per held-out entry.</summary>
    public double BehindBest { get; internal init; } = double.NaN;

    /// <summary>Standard error of <see cref="BehindBest"/>, by what samples differ in; 0 for the best.</summary>
    public double StandardError { get; internal init; } = double.NaN;

    /// <summary>How far the quantile residuals of the held-out entries are from uniform
    /// (<see cref="QuantileResiduals.Distance"/>), from at most 2,048 of them: even the best of several may be
    /// wrong.</summary>
    public double ResidualDistance { get; internal init; } = double.NaN;

    /// <summary>The largest <see cref="ResidualDistance"/> that chance explains in 95 of 100 cases.</summary>
    public double ResidualLimit { get; internal init; } = double.NaN;
}

/// <summary>What held-out entries say about the noise of data, and so about β.</summary>
public sealed class MeasureSurveyResult
{
    internal MeasureSurveyResult(IReadOnlyList<MeasureSurveyEntry> entries, long heldOut, DataCells cells)
    {
        (Entries, HeldOutEntries, Cells) = (entries, heldOut, cells);
        Best = Plausible.MinBy(e => e.Noise.Parameters)!;
    }

    /// <summary>All kinds of noise, the best first; those that the data cannot have last.</summary>
    public IReadOnlyList<MeasureSurveyEntry> Entries { get; }

    /// <summary>Of the <see cref="Plausible"/> kinds of noise that with the fewest parameters, and of several the
    /// likeliest: Bernoulli and Poisson noise have none; Gaussian, gamma and negative binomial noise have a dispersion;
    /// those of divergences and Tweedie noise have β, or the power, too.</summary>
    public MeasureSurveyEntry Best { get; }

    /// <summary>Number of entries held out by all folds together.</summary>
    public long HeldOutEntries { get; }

    /// <summary>The likeliest noise, and those behind it by at most two standard errors: between these the data do not
    /// decide.</summary>
    public IReadOnlyList<MeasureSurveyEntry> Plausible
        => [.. Entries.Where(e => e.Objection is null && e.BehindBest <= 2 * e.StandardError)];

    /// <summary>Whether all data are whole numbers, so that all likelihoods are probabilities.</summary>
    internal DataCells Cells { get; }

    /// <summary>The report as text: a table, and what it says in words.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var width = Entries.Max(e => e.Noise.InWords.Length);
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{"noise".PadRight(width)}  beta  rank  log-lik.  behind  ± s.e.  dispersion  residuals");
        foreach (var e in Entries)
        {
            var name = e.Noise.InWords.PadRight(width);
            var dispersion = e.Noise.HasFreeDispersion ? $"{e.Noise.Dispersion:G3}" : "–";
            text.AppendLine(e.Objection is not null
                ? $"{name}  {e.Beta,4:0.##}  {e.Objection}"
                : $"{name}  {e.Beta,4:0.##}  {e.Rank,4}  {e.HeldOutPerEntry,8:0.0000}  {e.BehindBest,6:0.000}  "
                    + $"{e.StandardError,6:0.000}  {dispersion,10}  "
                    + $"{e.ResidualDistance:0.000}{(e.ResidualDistance > e.ResidualLimit ? " > " : " ≤ ")}"
                    + $"{e.ResidualLimit:0.000}");
        }

        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Log-likelihood per held-out entry ({HeldOutEntries} entries"
            + $"{(Cells.AreCounts ? ", whole numbers: probabilities" : ": densities in the unit of the data")}).");
        if (Cells.Limit is { } limit)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"Many entries are {limit:G6}, the smallest value: data were cut off there, and it stands for all "
                + $"below.");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"The data ask for {Best.Noise.InWords}: {Advice(Best)}.");
        if (Plausible.Count > 1)
        {
            var others = Plausible.Where(e => e != Best).Select(e => e.Noise.InWords);
            text.AppendLine(CultureInfo.InvariantCulture, $"Not clearly worse: {string.Join(", ", others)}.");
        }

        if (Best.ResidualDistance > Best.ResidualLimit)
        {
            text.AppendLine(
                "Even so its quantile residuals are not uniform: the noise is another one, or the model lacks "
                + "something.");
        }

        return text.ToString();
    }

    private static string Advice(MeasureSurveyEntry entry) => entry.Noise switch
    {
        BernoulliNoise => $"fit the problem {nameof(BernoulliLikelihood)}",
        { Beta: null } => $"beta = {entry.Beta:0.##} is consistent, though not the measure of this noise",
        _ => $"beta = {entry.Beta:0.##}",
    };
}
