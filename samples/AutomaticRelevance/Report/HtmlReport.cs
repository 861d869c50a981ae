using AutomaticRelevance.Piano;

namespace AutomaticRelevance.Report;

/// <summary>Writes what was found as one HTML file that refers to nothing outside itself.</summary>
internal static class HtmlReport
{
    private const string Css = """
        :root { color: #1c2733; background: #f4f6f8; font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 1180px; margin: 0 auto; padding: 24px; }
        header p, .note { color: #5a6875; }
        h1 { margin: 0; font-size: 28px; } h2 { margin: 0 0 12px; font-size: 19px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; padding: 20px; margin: 18px 0; }
        h2.part { margin: 32px 0 0; font-size: 23px; }
        .tiles { display: flex; flex-wrap: wrap; gap: 12px 40px; }
        .tiles b { display: block; font-size: 24px; } .tiles span { color: #5a6875; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: #5a6875; border-bottom: 2px solid #dde3e8; }
        th, td { padding: 6px 22px 6px 0; } td { border-bottom: 1px solid #edf0f3; }
        .side { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
        figure { margin: 0; flex: 1 1 460px; max-width: 560px; } figure img { width: 100%; }
        figcaption { font-weight: 600; margin-bottom: 6px; }
        """;

    public static void Write(string path, SwimmerStudy? swimmers, PianoStudy? piano) => File.WriteAllText(path, $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>How many parts, and which</title>
        <style>
        {Css}
        </style>
        </head>
        <body>
        <header>
        <h1>How many parts, and which</h1>
        <p>Automatic relevance determination in nonnegative matrix factorisation (Tan and Févotte 2013): components that do not pay for themselves die out.</p>
        </header>
        {(swimmers is null ? "" : SwimmerSections.Render(swimmers))}
        {(piano is null ? "" : PianoSections.Render(piano))}
        </body>
        </html>

        """);

    public static string Figure(string dataUri, string caption, string alternative)
        => $"<figure><figcaption>{caption}</figcaption><img src=\"{dataUri}\" alt=\"{alternative}\"></figure>";
}
