using Nmf;

namespace AutomaticRelevance.Report;

/// <summary>The part of the report on the swimmers.</summary>
internal static class SwimmerSections
{
    public static string Render(SwimmerStudy study)
    {
        var (pictures, fit) = (study.Pictures, study.Fit);
        var (model, relevance, found) = (fit.Model, fit.Model.Relevance!, FoundParts.In(fit.Model));

        // The four positions of one limb in a row, the limb that has absorbed the torso wherever it stands.
        var atoms = Enumerable.Range(0, model.Rank).OrderBy(k => FoundParts.LimbOf(model, k) ?? int.MaxValue).Select(k => model.GetComponent(k).ToArray()).ToArray();
        return FormattableString.Invariant($$"""
            <h2 class="part">The parts of the swimmers</h2>
            <section class="tiles">
            <div><b>{{pictures.Length}}</b><span>noisy pictures</span></div>
            <div><b>{{relevance.StartingRank}}</b><span>components at the start</span></div>
            <div><b>{{relevance.EffectiveRank}}</b><span>relevant components</span></div>
            <div><b>{{found.LimbPositions}} of {{Swimmer.LimbPositions}}</b><span>limb positions among them</span></div>
            <div><b>{{model.Iterations}}</b><span>iterations, {{fit.Elapsed.TotalSeconds:0.0}} s</span></div>
            </section>
            <section>
            <h2>Data and parts</h2>
            <div class="side">
            {{HtmlReport.Figure(Pictures.Mosaic([.. Enumerable.Range(0, 16).Select(i => pictures[i * 17])], Swimmer.Side, 8), "Sixteen of the 256 pictures: Poisson counts, background 1, body 10", "Noisy pictures of swimmers.")}}
            {{HtmlReport.Figure(Pictures.Mosaic(atoms, Swimmer.Side, 8), FormattableString.Invariant($"The {model.Rank} relevant components of the dictionary"), "One picture for each component: a limb in one position.")}}
            </div>
            <p class="note">Every component is a limb in one of its four positions. The torso is in every picture, like "one of the four positions of
            a limb": the factorisation cannot tell the two, and the torso is absorbed by the {{found.WithTorso}} components of one limb. Which one depends on the start.</p>
            </section>
            <section class="side">
            {{HtmlReport.Figure(Charts.Relevances(relevance), "Relevance λ of all components, over that of a dead one", "Bar chart on a logarithmic scale: a plateau of relevant components, the rest at one.")}}
            {{HtmlReport.Figure(Charts.Objective(model.ObjectiveHistory), "Objective: divergence and log penalty, from the first check on", "Line chart of the objective, which never increases.")}}
            </section>
            {{string.Concat(study.Surveys.Select(Survey))}}
            <p class="note">Kullback-Leibler divergence, dispersion 1, shape a = {{fit.Shape:0}} in the figures, seed {{fit.Seed}}; a component counts when its relevance is more than twice that of a dead one.</p>

            """);
    }

    private static string Survey(ShapeSurvey survey) => FormattableString.Invariant($"""
        <section>
        <h2>{(survey.Prior == RelevancePrior.Exponential ? "Exponential (ℓ1)" : "Half-normal (ℓ2)")} prior: does the shape a matter?</h2>
        <table>
        <thead><tr><th>shape a</th><th>components found</th><th>the 16 limb positions</th><th>iterations</th><th>seconds</th></tr></thead>
        <tbody>
        {string.Concat(survey.Rows.Select(row => FormattableString.Invariant($"<tr><td>{row.Shape:0}</td><td>{row.Components}</td><td>{row.Right} of {row.Found.Count} fits</td><td>{row.Iterations:0}</td><td>{row.Seconds:0.0}</td></tr>")))}
        </tbody>
        </table>
        <p class="note">Each row: {survey.Rows[0].Found.Count} seeds, mean iterations and time.</p>
        </section>
        """);
}
