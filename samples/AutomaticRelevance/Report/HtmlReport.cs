using Nmf;

namespace AutomaticRelevance.Report;

/// <summary>Writes what was found as one HTML file that refers to nothing outside itself.</summary>
internal static class HtmlReport
{
    private const string Css = """
        :root { color: #1c2733; background: #f4f6f8; font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 1180px; margin: 0 auto; padding: 24px; }
        header p, footer, .note { color: #5a6875; }
        h1 { margin: 0; font-size: 28px; } h2 { margin: 0 0 12px; font-size: 19px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; padding: 20px; margin: 18px 0; }
        .tiles { display: flex; flex-wrap: wrap; gap: 12px 40px; }
        .tiles b { display: block; font-size: 24px; } .tiles span { color: #5a6875; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: #5a6875; border-bottom: 2px solid #dde3e8; }
        th, td { padding: 6px 22px 6px 0; } td { border-bottom: 1px solid #edf0f3; }
        .side { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
        figure { margin: 0; flex: 1 1 460px; max-width: 560px; } figure img { width: 100%; }
        figcaption { font-weight: 600; margin-bottom: 6px; }
        """;

    public static void Write(string path, float[][] pictures, SwimmerFit fit, IReadOnlyList<ShapeSurvey> surveys)
        => File.WriteAllText(path, Render(pictures, fit, surveys));

    private static string Render(float[][] pictures, SwimmerFit fit, IReadOnlyList<ShapeSurvey> surveys)
    {
        var (model, relevance, found) = (fit.Model, fit.Model.Relevance!, FoundParts.In(fit.Model));

        // The four positions of one limb in a row, the limb that has absorbed the torso wherever it stands.
        var atoms = Enumerable.Range(0, model.Rank).OrderBy(k => FoundParts.LimbOf(model, k) ?? int.MaxValue).Select(k => model.GetComponent(k).ToArray()).ToArray();
        return FormattableString.Invariant($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>The parts of the swimmers</title>
            <style>
            {{Css}}
            </style>
            </head>
            <body>
            <header>
            <h1>The parts of the swimmers</h1>
            <p>Automatic relevance determination in nonnegative matrix factorisation (Tan and Févotte 2013): how many parts are there, and which?</p>
            </header>
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
            {{Figure(Pictures.Mosaic([.. Enumerable.Range(0, 16).Select(i => pictures[i * 17])], Swimmer.Side, 8), "Sixteen of the 256 pictures: Poisson counts, background 1, body 10", "Noisy pictures of swimmers.")}}
            {{Figure(Pictures.Mosaic(atoms, Swimmer.Side, 8), FormattableString.Invariant($"The {model.Rank} relevant components of the dictionary"), "One picture for each component: a limb in one position.")}}
            </div>
            <p class="note">Every component is a limb in one of its four positions. The torso is in every picture, like "one of the four positions of
            a limb": the factorisation cannot tell the two, and the torso is absorbed by the {{found.WithTorso}} components of one limb. Which one depends on the start.</p>
            </section>
            <section class="side">
            {{Figure(Charts.Relevances(relevance), "Relevance λ of all components, over that of a dead one", "Bar chart on a logarithmic scale: a plateau of relevant components, the rest at one.")}}
            {{Figure(Charts.Objective(model.ObjectiveHistory), "Objective: divergence and log penalty, from the first check on", "Line chart of the objective, which never increases.")}}
            </section>
            {{string.Concat(surveys.Select(Survey))}}
            <footer>
            <p>Kullback-Leibler divergence, dispersion 1, shape a = {{fit.Shape:0}} in the figures, seed {{fit.Seed}}; a component counts when its relevance is more than twice that of a dead one.</p>
            </footer>
            </body>
            </html>

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

    private static string Figure(string dataUri, string caption, string alternative)
        => $"<figure><figcaption>{caption}</figcaption><img src=\"{dataUri}\" alt=\"{alternative}\"></figure>";
}
