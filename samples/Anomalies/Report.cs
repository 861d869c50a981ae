using System.Globalization;

namespace Anomalies;

/// <summary>The findings as one HTML file that refers to nothing outside itself.</summary>
internal static class Report
{
    private const int Width = 860;
    private const int Height = 180;

    public static string Render(
        Comparison[] rows, int planted, IEnumerable<(Spectrum Spectrum, Verdict Verdict)> worst, float[] scores, bool[] truth) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Anomalous spectra</title>
        <style>
        :root { color: #1c2733; background: #f4f6f8; font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 920px; margin: 0 auto; padding: 24px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; padding: 20px; margin: 18px 0; }
        h1 { margin: 0; font-size: 28px; } h2 { margin: 0 0 12px; font-size: 19px; }
        table { border-collapse: collapse; } th { text-align: left; color: #5a6875; } th, td { padding: 6px 24px 6px 0; border-bottom: 1px solid #edf0f3; }
        svg { width: 100%; } p { color: #5a6875; }
        </style>
        </head>
        <body>
        <h1>Damaged bearings in {{scores.Length}} spectra</h1>
        <p>{{planted}} spectra have a few sharp lines besides the sounds of the machine. No label was used.</p>
        <section>
        <h2>Which score finds them</h2>
        <table>
        <tr><th>Score</th><th>Precision at {{planted}}</th><th>Area under curve</th><th>Sounds recovered (cosine)</th></tr>
        {{string.Concat(rows.Select(r => Text($"<tr><td>{r.Name}</td><td>{100 * r.Precision:F1} %</td><td>{r.Area:F4}</td><td>{r.Recovery:F4}</td></tr>")))}}
        </table>
        </section>
        <section>
        <h2>Scores in the order of the measurements</h2>
        <svg viewBox="0 0 {{Width}} {{Height}}" role="img" aria-label="Score of every measurement; damaged ones stand out.">{{Bars(scores, n => truth[n] ? "#c2413a" : "#9aa5b1")}}</svg>
        <p>Red: a damaged bearing. The height is the size of the outlier part.</p>
        </section>
        {{string.Concat(worst.Select(item => Text($"""
            <section>
            <h2>A spectrum with score {item.Verdict.Score:F2}</h2>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="Power and outlier part by band.">{Bars(item.Spectrum.Power, _ => "#c9d3dc")}{Bars(item.Verdict.Unexplained, _ => "#c2413a", item.Spectrum.Power.Max())}</svg>
            <p>Grey: power in each band. Red: what the sources do not explain.</p>
            </section>
            """)))}}
        </body>
        </html>
        """;

    private static string Bars(float[] values, Func<int, string> colour, float? largest = null)
    {
        var scale = Height / Math.Max(largest ?? values.Max(), 1e-9);
        var step = Width / (double)values.Length;
        return string.Concat(values.Select((value, i) => Text(
            $"<rect x=\"{i * step:F1}\" y=\"{Height - (value * scale):F1}\" width=\"{Math.Max(0.8, step - 1):F1}\" height=\"{value * scale:F1}\" fill=\"{colour(i)}\"/>")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
