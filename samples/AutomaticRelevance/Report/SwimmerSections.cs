using Nmf;

namespace AutomaticRelevance.Report;

/// <summary>The part of the report on the swimmers.</summary>
internal static class SwimmerSections
{
    public static void Add(HtmlPage page, SwimmerStudy study)
    {
        var (pictures, fit) = (study.Pictures, study.Fit);
        var (model, relevance, found) = (fit.Model, fit.Model.Relevance!, FoundParts.In(fit.Model));

        // The four positions of one limb in a row, the limb that has absorbed the torso wherever it stands.
        var atoms = Enumerable.Range(0, model.Rank).OrderBy(k => FoundParts.LimbOf(model, k) ?? int.MaxValue).Select(
            k => Pictures.Scaled(model.GetComponent(k).ToArray()));
        page.Part("The parts of the swimmers")
            .Tiles(
                ($"{pictures.Length}", "noisy pictures"),
                ($"{relevance.StartingRank}", "components at the start"),
                ($"{relevance.EffectiveRank}", "relevant components"),
                ($"{found.LimbPositions} of {Swimmer.LimbPositions}", "limb positions among them"),
                ($"{model.Iterations}", $"iterations, {Format.Seconds(fit.Elapsed)}"))
            .Section(
                "Data and parts",
                Html.SideBySide(
                    Html.Picture(
                        Mosaic(Enumerable.Range(0, 16).Select(i => Pictures.Scaled(pictures[i * 17]))),
                        "Sixteen of the 256 pictures: Poisson counts, background 1, body 10",
                        "Noisy pictures of swimmers."),
                    Html.Picture(
                        Mosaic(atoms), $"The {model.Rank} relevant components of the dictionary",
                        "One picture for each component: a limb in one position.")),
                Html.Note(
                    "Every component is a limb in one of its four positions. The torso is in every picture, like "
                    + "\"one of the four positions of a limb\": the factorisation cannot tell the two, and the torso "
                    + $"is absorbed by the {found.WithTorso} components of one limb. Which one depends on the start."))
            .Section(
                "",
                Html.SideBySide(
                    Html.Chart(
                        Charts.Relevances(relevance), "Relevance λ of all components, over that of a dead one",
                        "Bar chart on a logarithmic scale: a plateau of relevant components, the rest at one."),
                    Html.Chart(
                        Chart.Objective(
                            [.. model.ObjectiveHistory.Select(p => (p.Iteration, p.Objective / 1000))],
                            "objective (thousands)"), "Objective: divergence and log penalty, from the first check on",
                        "Line chart of the objective, which never increases.")));
        foreach (var survey in study.Surveys)
        {
            var prior = survey.Prior == RelevancePrior.Exponential ? "Exponential (ℓ1)" : "Half-normal (ℓ2)";
            page.Section(
                $"{prior} prior: does the shape a matter?", survey.Table().ToHtml(),
                Html.Note(
                    $"Each row: {survey.Rows[0].Found.Count} seeds, mean iterations and time. Kullback-Leibler "
                    + "divergence, dispersion 1; the figures above are those of "
                    + FormattableString.Invariant($"a = {fit.Shape:0} and seed {fit.Seed}. ")
                    + "A component counts when its relevance is more than twice that of a dead one."));
        }
    }

    private static string Mosaic(IEnumerable<float[]> pictures)
        => Pictures.Mosaic([.. pictures], Swimmer.Side, columns: 8, Palette.Ink);
}
