using System.Globalization;

namespace Nmf;

/// <summary>One figure of every rank: a column of the tables.</summary>
/// <param name="name">Short name.</param>
/// <param name="meaning">What it is, for those who have not met it.</param>
/// <param name="format">Format of the number.</param>
/// <param name="value">The figure of a rank, or null.</param>
internal sealed class RankColumn(string name, string meaning, string format, Func<RankReport, int, double?> value)
{
    /// <summary>All figures, in the order of the tables.</summary>
    public static readonly RankColumn[] All =
    [
        new("held out", "divergence per held-out entry, mean of the folds", "G4", (r, k) => Held(r, k)?.Error),
        new("± s.e.", "its standard error", "G2", (r, k) => Held(r, k)?.StandardError),
        new("D/(FN)", "lowest divergence per entry of the fits", "G4", (r, k) => Entry(r, k)?.ObjectivePerEntry),
        new(
            "floor", "what it would be for the right model, from noise alone", "G4",
            (r, k) => Entry(r, k)?.NoiseFloorPerEntry),
        new(
            "explained", "part of the divergence from the mean that is explained", "0.000",
            (r, k) => Entry(r, k)?.Best.ExplainedPart),
        new("RSS", "residual sum of squares", "G4", (r, k) => Entry(r, k)?.Best.ResidualSumOfSquares),
        new(
            "sparse W", "sparseness of the components, 0 to 1", "0.00",
            (r, k) => Entry(r, k)?.Best.DictionarySparseness),
        new(
            "sparse H", "sparseness of the activations, 0 to 1", "0.00",
            (r, k) => Entry(r, k)?.Best.ActivationSparseness),
        new(
            "cophenetic", "agreement of the starts on the groups of samples, 1 is best", "0.000",
            (r, k) => Entry(r, k)?.CopheneticCorrelation),
        new("dispersion", "how far the consensus is from doubt, 1 is best", "0.000", (r, k) => Entry(r, k)?.Dispersion),
        new(
            "silhouette", "how clear-cut the groups of samples are, 1 is best", "0.000",
            (r, k) => Entry(r, k)?.ConsensusSilhouette),
        new(
            "components", "silhouette of the components over the starts, 1 is best", "0.000",
            (r, k) => Entry(r, k)?.ComponentSilhouette),
        new(
            "BIC", "Bayesian information criterion of Poisson counts, least is best", "G6",
            (r, k) => Entry(r, k)?.BayesianInformationCriterion),
    ];

    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    public double? Value(RankReport report, int rank)
        => value(report, rank) is { } figure && !double.IsNaN(figure) ? figure : null;

    /// <summary>Whether any rank has it.</summary>
    public bool Exists(RankReport report) => report.Ranks.Any(rank => Value(report, rank) is not null);

    /// <summary>The figure as text; a dash where it is not available.</summary>
    public string Cell(RankReport report, int rank)
        => Value(report, rank)?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static RankSurveyEntry? Entry(RankReport report, int rank)
        => report.Survey?.Entries.FirstOrDefault(e => e.Rank == rank);

    private static RankCrossValidationEntry? Held(RankReport report, int rank)
        => report.CrossValidation?.Entries.FirstOrDefault(e => e.Rank == rank);
}
