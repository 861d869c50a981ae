namespace Reporting;

/// <summary>How the reports look.</summary>
internal static class HtmlStyle
{
    public const string Css = """
        :root { color: #1c2733; background: #f4f6f8; }
        :root { font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
        body { max-width: 1180px; margin: 0 auto; padding: 24px; }
        header p, footer, .note { color: #5a6875; }
        h1 { margin: 0; font-size: 28px; }
        h2 { margin: 0 0 12px; font-size: 19px; }
        h2.part { margin: 32px 0 0; font-size: 23px; }
        h3 { margin: 0 0 6px; font-size: 15px; }
        section { background: #fff; border: 1px solid #dde3e8; border-radius: 8px; overflow-x: auto; }
        section { padding: 20px; margin: 18px 0; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr)); }
        .tiles { gap: 14px 32px; }
        .tiles b { display: block; font-size: 24px; }
        .tiles span { color: #5a6875; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 6px 18px 6px 0; vertical-align: top; }
        th { text-align: left; font-weight: 600; color: #5a6875; white-space: nowrap; }
        th { border-bottom: 2px solid #dde3e8; }
        td { border-bottom: 1px solid #edf0f3; }
        .number { text-align: right; }
        .side { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(440px, 100%), 1fr)); }
        .side { gap: 24px; align-items: start; }
        .side:has(> figure.small), .side:has(> table) { display: flex; flex-wrap: wrap; }
        .side:has(> table) > :not(table) { flex: 1 1 440px; }
        figure { margin: 0; max-width: 560px; }
        figure.small, figure.wide { max-width: none; }
        figure img { width: 100%; image-rendering: pixelated; }
        figure img.smooth { image-rendering: auto; }
        figure.small img { width: auto; max-width: 100%; }
        figcaption { font-weight: 600; margin-bottom: 6px; }
        figure.small figcaption { width: 0; min-width: 100%; }
        figure .note { margin: 6px 0 0; }
        table + .side { margin-top: 16px; }
        section > :last-child { margin-bottom: 0; }
        svg { display: block; } svg text { font-size: 12px; fill: #5a6875; }
        svg.curve { width: 100%; min-width: 70px; }
        audio { height: 30px; width: 220px; max-width: 100%; }
        @media print { :root { background: #fff; } section { break-inside: avoid; border: 0; padding: 0; } }
        @media print { audio { display: none; } }
        """;
}
