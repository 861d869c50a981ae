namespace Nmf;

/// <summary>The rules by which the indices of a survey and of a cross-validation suggest a rank.</summary>
internal static class RankSuggestions
{
    // The average stability that mutational signatures are asked for (Alexandrov et al. 2020).
    private const double StableSilhouette = 0.8;

    // Cophenetic correlations are compared to three decimals: beyond that they are those of one set of starts.
    private const double CopheneticPlateau = 0.001;

    public static IEnumerable<RankSuggestion> Of(RankCrossValidationResult result)
    {
        const string question = "How many components help to predict entries that were not seen?";
        var unit = result.Pattern == HeldOutPattern.Entries ? "held-out entries" : "held-out blocks";
        yield return new RankSuggestion(
            "held-out divergence, least", question, result.BestRank,
            $"{Number(result.Best.Error)} per entry of "
            + $"{unit}{Edge(result.BestRank, result.Entries.Select(e => e.Rank))}");
        yield return result.OneStandardErrorRank is { } rank
            ? new RankSuggestion(
                "held-out divergence, one standard error", "What is the smallest rank that is not clearly worse?", rank,
                $"{Number(result[rank].Error)} is within {Number(result.Best.StandardError!.Value)} of the least")
            : new RankSuggestion(
                "held-out divergence, one standard error", "What is the smallest rank that is not clearly worse?", null,
                "one fold has no standard error");
    }

    public static IEnumerable<RankSuggestion> Of(RankSurveyResult survey)
    {
        yield return Cophenetic(survey);
        yield return Largest(
            survey, "dispersion", "Do all starts agree on which samples belong together?", e => e.Dispersion);
        yield return Largest(
            survey, "silhouette of the consensus", "How clear-cut are the groups of samples?",
            e => e.ConsensusSilhouette);
        yield return Stable(survey);
        yield return Elbow(survey);
        if (survey.Entries.Any(e => e.NoiseFloorPerEntry is not null))
            yield return Floor(survey);
        if (survey.Entries.Any(e => e.BayesianInformationCriterion is not null))
            yield return Criterion(survey);
    }

    private static RankSuggestion Cophenetic(RankSurveyResult survey)
    {
        const string name = "cophenetic correlation";
        const string question = "Up to which rank do the starts group the samples alike?";
        var known = survey.Entries.Where(e => e.CopheneticCorrelation is not null).ToArray();
        if (known.Length < 2)
            return new RankSuggestion(name, question, null, NotAvailable(survey, "needs two ranks above 1"));
        // Brunet et al. choose the ranks at which the correlation begins to fall: the end of the
        // plateau at its largest value.
        var largest = known.Max(e => e.CopheneticCorrelation!.Value);
        var last = Array.FindLastIndex(known, e => e.CopheneticCorrelation >= largest - CopheneticPlateau);
        return last < known.Length - 1
            ? new RankSuggestion(
                name, question, known[last].Rank,
                $"begins to fall there, from {Share(known[last].CopheneticCorrelation!.Value)} to "
                + $"{Share(known[last + 1].CopheneticCorrelation!.Value)}")
            : new RankSuggestion(
                name, question, known[last].Rank,
                $"{Share(known[last].CopheneticCorrelation!.Value)}, "
                + $"has not fallen yet{Edge(known[last].Rank, known.Select(e => e.Rank))}");
    }

    private static RankSuggestion Largest(
        RankSurveyResult survey, string name, string question, Func<RankSurveyEntry, double?> index)
    {
        // Of ranks that are equally good the largest says most about the data.
        var best = survey.Entries.Where(e => index(e) is { } value && !double.IsNaN(value))
            .OrderByDescending(e => Math.Round(index(e)!.Value, 9)).ThenByDescending(e => e.Rank).FirstOrDefault();
        return best is null
            ? new RankSuggestion(name, question, null, NotAvailable(survey, "needs a rank above 1"))
            : new RankSuggestion(
                name, question, best.Rank,
                $"largest there, {Share(index(best)!.Value)}{Edge(best.Rank, survey.Entries.Select(e => e.Rank))}");
    }

    private static RankSuggestion Stable(RankSurveyResult survey)
    {
        const string name = "silhouette of the components";
        const string question = "Up to which rank do all starts find the same components?";
        var known = survey.Entries.Where(e => e.ComponentSilhouette is not null).ToArray();
        if (known.Length == 0)
            return new RankSuggestion(name, question, null, NotAvailable(survey, "needs a rank above 1"));
        return Array.FindLast(known, e => e.ComponentSilhouette >= StableSilhouette) is { } stable
            ? new RankSuggestion(
                name, question, stable.Rank,
                $"{Share(stable.ComponentSilhouette!.Value)}, the largest rank with {Share(StableSilhouette)} or "
                + $"more{Edge(stable.Rank, known.Select(e => e.Rank))}")
            : new RankSuggestion(name, question, null, $"no rank reaches {Share(StableSilhouette)}");
    }

    /// <summary>The rank whose residual is farthest below the chord from the first to the last rank
    /// (Satopää et al. 2011).</summary>
    private static RankSuggestion Elbow(RankSurveyResult survey)
    {
        const string name = "residual, elbow";
        const string question = "Where does another component stop paying?";
        var entries = survey.Entries;
        if (entries.Count < 3)
            return new RankSuggestion(name, question, null, "needs three ranks");
        var (first, last) = (entries[0], entries[^1]);
        double Below(RankSurveyEntry e)
        {
            var part = (e.Rank - first.Rank) / (double)(last.Rank - first.Rank);
            return ((1 - part) * first.Best.ResidualSumOfSquares) + (part * last.Best.ResidualSumOfSquares)
                - e.Best.ResidualSumOfSquares;
        }

        var elbow = entries.Skip(1).SkipLast(1).MaxBy(Below)!;
        return Below(elbow) > 0
            ? new RankSuggestion(
                name, question, elbow.Rank,
                $"‖V - WH‖² bends there, {Share(elbow.Best.ExplainedVariance)} of ‖V‖² explained")
            : new RankSuggestion(name, question, null, "the residual has no bend");
    }

    private static RankSuggestion Floor(RankSurveyResult survey)
    {
        const string name = "noise floor";
        const string question = "From which rank on is what is left no more than noise?";
        var below = survey.Entries.FirstOrDefault(e => e.ObjectivePerEntry <= e.NoiseFloorPerEntry);
        return below is not null
            ? new RankSuggestion(
                name, question, below.Rank,
                $"the first with at most {Number(below.NoiseFloorPerEntry!.Value)} per entry: "
                + $"{Number(below.ObjectivePerEntry)}")
            : new RankSuggestion(
                name, question, null,
                "no rank gets down to it: the noise is larger than the divergence assumes, "
                + "or more components are needed");
    }

    private static RankSuggestion Criterion(RankSurveyResult survey)
    {
        var best = survey.Entries.MinBy(e => e.BayesianInformationCriterion)!;
        return new RankSuggestion(
            "BIC", "Which rank pays for its parameters, if the data are Poisson counts?", best.Rank,
            $"least there{Edge(best.Rank, survey.Entries.Select(e => e.Rank))}");
    }

    private static string NotAvailable(RankSurveyResult survey, string otherwise)
        => survey.Options.Starts == 1
            ? "not available: one start always agrees with itself"
            : "not available: " + otherwise;

    private static string Edge(int rank, IEnumerable<int> ranks)
        => rank == ranks.Max() && ranks.Count() > 1 ? "; the largest rank tried, so try larger ones" : "";

    private static string Number(double value) => $"{value:G4}";

    private static string Share(double value) => $"{value:0.000}";
}
