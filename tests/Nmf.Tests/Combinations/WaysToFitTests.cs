namespace Nmf.Tests.Combinations;

/// <summary>What ways to fit other than that of one model in memory do with what they are given, compared with the
/// second table of docs/math.md.</summary>
public sealed class WaysToFitTests
{
    private static readonly Dictionary<string, Action<NmfData<double>, NmfOptions>> Ways = new()
    {
        ["online"] = FitOnline,
        ["smooth IS-NMF, dynamical system"] = FitSequences,
        ["rank survey"] = Survey,
        ["held-out entries"] = (data, options) => HoldOut(data, options, HeldOutPattern.Entries),
        ["held-out blocks"] = (data, options) => HoldOut(data, options, HeldOutPattern.Blocks),
    };

    public static TheoryData<int> Rows => [.. Enumerable.Range(2, CombinationDocument.Ways.Count - 2)];

    [Fact]
    public void The_document_has_a_column_for_every_way()
        => Assert.Equal(["", .. Ways.Keys], CombinationDocument.Ways[0]);

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_way_to_fit_takes_a_choice_or_refuses_it_as_the_document_says(int row)
    {
        var cells = CombinationDocument.Ways[row];
        var choice = ModelChoice.All.Single(choice => choice.Name == cells[0]);
        foreach (var (name, column) in Ways.Keys.Select((name, i) => (name, i + 1)))
        {
            var said = cells[column];
            if (said == "·")
                continue;
            var beta = CombinationDocument.Betas(CombinationDocument.Ways[1][column]).Contains(BetaDivergence.Euclidean)
                ? BetaDivergence.Euclidean
                : BetaDivergence.ItakuraSaito;
            var refusal = Refusal(Ways[name], choice, beta);
            if (said == "✓")
                Assert.True(refusal is null, $"{choice.Name}, {name}: {refusal}");
            else
                Assert.True(
                    refusal?.Contains(CombinationDocument.Messages[said], StringComparison.Ordinal),
                    $"{choice.Name}, {name}: {refusal ?? "it fits"}, but the document says {said}.");
        }
    }

    private static string? Refusal(Action<NmfData<double>, NmfOptions> fit, ModelChoice choice, double beta)
    {
        var data = CombinationData.Create(choice.Traits, zeros: beta > 0);
        try
        {
            fit(data, new NmfOptions
            {
                Rank = CombinationData.Rank, Problem = choice.Apply(beta),
                Iterations = new() { MaximumIterations = 20 }, Threads = 1, Initialization = NmfInitialization.Random,
            });
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NmfDataException)
        {
            return e.Message;
        }
    }

    private static void FitOnline(NmfData<double> data, NmfOptions options)
    {
        using var learner = new OnlineNmf<double>(
            new OnlineNmfOptions { Rank = options.Rank, Beta = options.Problem.BetaOrNull!.Value, Threads = 1 });
        Assert.True(double.IsFinite(learner.PartialFit(data)));
    }

    private static void FitSequences(NmfData<double> data, NmfOptions options)
    {
        var smooth = SmoothNmf.Fit(
            data, new SmoothNmfOptions { Rank = options.Rank,
                Iterations = new() { MaximumIterations = 20, CheckInterval = 1 }, Threads = 1 });
        var dynamic = DynamicalSystem.Fit(
            data, new DynamicalSystemOptions { Rank = options.Rank,
                Iterations = new() { MaximumIterations = 20, CheckInterval = 1 }, Threads = 1 });
        AssertDescent(smooth.Report);
        AssertDescent(dynamic.Report);
    }

    private static void Survey(NmfData<double> data, NmfOptions options)
    {
        var result = RankSurvey.Run(
            data, new RankSurveyOptions { Ranks = [2, 3], Starts = 2, Fit = options, Threads = 1 });
        Assert.Equal([2, 3], result.Entries.Select(entry => entry.Rank));
        Assert.All(result.Entries, entry => Assert.All(entry.Runs, run => Assert.True(double.IsFinite(run.Objective))));
    }

    private static void HoldOut(NmfData<double> data, NmfOptions options, HeldOutPattern pattern)
    {
        var result = RankCrossValidation.Run(
            data, new RankCrossValidationOptions { Ranks = [2, 3], Folds = 2, HeldOutFraction = 0.25, Pattern = pattern,
                Starts = 1, Fit = options, Threads = 1 });
        Assert.All(result.Entries, entry => Assert.All(entry.FoldErrors, error => Assert.True(double.IsFinite(error))));
    }

    private static void AssertDescent(FitReport report)
        => Assert.All(report.History.Zip(report.History.Skip(1)), pair => Assert.True(
            pair.Second.Objective <= pair.First.Objective + (1e-9 * Math.Abs(pair.First.Objective))));
}
