using ScottPlot;

namespace MeasuresOfFit;

/// <summary>The findings as a table and as an HTML page.</summary>
internal static class MeasuresReport
{
    public const string Legend =
        "The mean angle between true and found parts in degrees, 0 for perfect. * is the best of its row; = is not "
        + "distinguishable from it on these data sets\n(less than two standard errors of the paired differences); – is "
        + "refused, because of zeros or of values above 1.\nEuclidean is β = 2, Kullback-Leibler β = 1, Itakura-Saito "
        + "β = 0, Hellinger α = ½; own Bregman is the negative binomial measure that this sample defines.";

    public const string SurveyLegend =
        "The noise under which held-out entries are likeliest, and how much less likely the next one makes an entry "
        + "(difference of\nlog-likelihoods per held-out entry, mean of the data sets).";

    private const int SamplesShown = 60;

    public static Table AngleTable(Study study)
    {
        var table = new Table(["noise", .. Candidate.All.Select(c => ">" + c.Name)]);
        for (var noise = 0; noise < Noise.All.Count; noise++)
        {
            var (best, ties) = study.Winners(noise);
            var cells = Candidate.All.Select((_, c) => double.IsNaN(study.Angle(noise, c))
                ? "–  "
                : $"{Format.Figure(study.Angle(noise, c), 2)} {(c == best ? "*" : ties.Contains(c) ? "=" : " ")}");
            table.Add([Noise.All[noise].Name, .. cells]);
        }

        return table;
    }

    public static HtmlPage Create(Study study, NoiseStudy survey, int draws)
    {
        var page = new HtmlPage(
            "Which measure of fit for which noise",
            $"The same {Truth.Rank} parts are observed with five kinds of noise, and looked for with six measures of "
            + "fit. The measure that fits the noise should come nearest to them: does it?");
        page.Section(
            "How far the found parts are from the true ones", AngleTable(study).ToHtml(),
            Html.Note(Legend.Replace('\n', ' ')),
            Html.Note($"{draws} data sets per noise; every measure sees the same ones."));
        page.Section("What to take from it", Findings(study));
        page.Section(
            "Which measure the data ask for",
            Html.Paragraph(
                "With real data nobody knows the parts. What can be asked is how likely entries are that the fit has "
                + "not seen, under the noise that each measure assumes: SurveyNmfMeasure asks it, and here it is not "
                + "told what the noise was."),
            survey.ToTable().ToHtml(), Html.Note(SurveyLegend.Replace('\n', ' ')));
        for (var noise = 0; noise < Noise.All.Count; noise++)
        {
            var (best, _) = study.Winners(noise);
            page.Section(
                Noise.All[noise].Name,
                Html.Paragraph($"For example {Noise.All[noise].Example}."),
                Html.SideBySide(
                    Html.Picture(
                        Heat(study.Observed[noise]), $"The first {SamplesShown} samples of a data set",
                        "Observed values: samples across, features down."),
                    Html.Chart(
                        Parts(study.Found[noise]),
                        "The parts, true (grey) and found by the best measure on this data set",
                        "Parts over the features.")));
        }

        page.Footer = "The sizes of the noises were chosen so that the measures differ; "
            + "with little noise all of them find the parts. Parts are scaled to sum to one. "
            + "The measures are fitted from two random starts, of which the lower objective counts.";
        return page;
    }

    private static IEnumerable<string> Findings(Study study)
    {
        for (var noise = 0; noise < Noise.All.Count; noise++)
        {
            var (best, ties) = study.Winners(noise);
            var others = Enumerable.Range(0, Candidate.All.Count)
                .Where(c => !double.IsNaN(study.Angle(noise, c)) && c != best).ToArray();
            var worst = others.MaxBy(c => study.Angle(noise, c));
            yield return Html.Paragraph(
                $"{Noise.All[noise].Name}: {Candidate.All[best].Name} comes nearest "
                + $"({Format.Figure(study.Angle(noise, best), 2)}°)" + (ties.Count > 0
                    ? $", but {string.Join(" and ", ties.Select(c => Candidate.All[c].Name))} cannot be told from it"
                    : "")
                + $"; {Candidate.All[worst].Name} stays farthest ({Format.Figure(study.Angle(noise, worst), 2)}°).");
        }
    }

    private static string Heat(float[] observed)
    {
        var shown = observed[..(SamplesShown * Truth.Features)];
        var scaled = Pictures.Scaled(shown);
        return Pictures.Draw(
            SamplesShown, Truth.Features, (n, f) => Reporting.Palette.Heat(scaled[(n * Truth.Features) + f]), 8);
    }

    private static string Parts(float[][] found)
    {
        var truth = new Truth(1, new Random(0));
        using var plot = Chart.New("feature", "weight");
        double[] x = [.. Enumerable.Range(0, Truth.Features)];
        for (var k = 0; k < Truth.Rank; k++)
        {
            double[] part = [.. x.Select(f => (double)truth.Dictionary[(int)f, k])];
            AddLine(plot, x, part, Chart.Grey, 5);
            AddLine(plot, x, Array.ConvertAll(found[k], v => (double)v), Chart.Series(k), 2);
        }

        return Chart.Render(plot);
    }

    private static void AddLine(Plot plot, double[] x, double[] y, Color color, float width)
    {
        var sum = y.Sum();
        var line = plot.Add.Scatter(x, Array.ConvertAll(y, v => v / sum));
        line.Color = color;
        line.LineWidth = width;
        line.MarkerSize = 0;
    }
}
