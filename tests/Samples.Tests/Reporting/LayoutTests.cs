using MLNmf.Tests;

namespace Samples.Tests;

/// <summary>
/// Reports as a browser lays them out, at several widths: nothing leaves its place, lies on something else or is cut
/// off, and every figure says what it shows. A page of all pieces is made here; <c>REPORTS=artifacts</c> looks at the
/// reports that samples have left there, too.
/// </summary>
public sealed class LayoutTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly int[] Widths = [420, 800, 1100, 1440];

    // What is wrong with a page, as sentences.
    private const string Faults = """
        width => {
          const faults = [];
          const box = element => element.getBoundingClientRect();
          const name = element => `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className} `
            + `"${(element.textContent || element.alt || '').trim().slice(0, 40)}"`;
          if (document.scrollingElement.scrollWidth > innerWidth + 1) faults.push('the page scrolls sideways');
          for (const section of document.querySelectorAll('section')) {
            if (width >= 1000 && section.scrollWidth > section.clientWidth + 1)
              faults.push(`section "${section.querySelector('h2')?.textContent}" is cut off`);
            const inner = [...section.querySelectorAll('figure, table, audio, select, p')];
            for (const element of inner)
              if (width >= 1000 && box(element).right > box(section).right + 1)
                faults.push(`${name(element)} leaves its box`);
            const figures = [...section.querySelectorAll('figure, table')].filter(f => !f.closest('.equation'));
            figures.forEach((a, i) => figures.slice(i + 1).filter(b => !a.contains(b)).forEach(b => {
              const [p, q] = [box(a), box(b)];
              if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
                faults.push(`${name(a)} lies on ${name(b)}`);
            }));
          }
          for (const side of document.querySelectorAll('.side')) {
            const wide = [...side.querySelectorAll(':scope > figure:not(.small)')].map(f => Math.round(box(f).width));
            if (new Set(wide).size > 1) faults.push(`figures beside each other are ${wide} wide`);
          }
          for (const figure of document.querySelectorAll('figure')) {
            const image = figure.querySelector('img, svg');
            if (!image || !(image.alt || image.getAttribute('aria-label')))
              faults.push(`${name(figure)} has no text for who cannot see it`);
            if (image?.tagName === 'IMG' && (!image.complete || image.naturalWidth === 0))
              faults.push(`${name(figure)} is broken`);
            if (!figure.querySelector('figcaption')) faults.push(`${name(figure)} has no caption`);
          }
          for (const cell of document.querySelectorAll('td.number')) {
            const range = document.createRange();
            range.selectNodeContents(cell);
            if (width >= 1000 && new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1)
              faults.push(`${name(cell)} is wrapped`);
          }
          for (const sign of document.querySelectorAll('.equation .sign')) {
            const next = sign.nextElementSibling && box(sign.nextElementSibling);
            if (next && (box(sign).top > next.bottom || box(sign).bottom < next.top))
              faults.push(`the sign ${sign.textContent} is apart from what follows it`);
          }
          for (const text of document.querySelectorAll('svg text')) {
            const [t, s] = [box(text), box(text.ownerSVGElement)];
            if (t.left < s.left - 2 || t.right > s.right + 2 || t.top < s.top - 2 || t.bottom > s.bottom + 2)
              faults.push(`the text "${text.textContent}" of a figure is cut off`);
          }
          return faults;
        }
        """;

    /// <summary>The reports in the folder that REPORTS names, below it too; an empty name stands for none.</summary>
    public static TheoryData<string> Reports
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("REPORTS") ?? "";
            var files = Directory.Exists(folder)
                ? Directory.GetFiles(folder, "*.html", SearchOption.AllDirectories) : [];
            var reports = files.Where(
                file => File.ReadAllText(file).Contains("figure.wide", StringComparison.Ordinal))
                .Select(Path.GetFullPath).Order(StringComparer.Ordinal).ToList();
            return [.. reports.DefaultIfEmpty("")];
        }
    }

    [Fact]
    public async Task All_pieces_keep_their_places() => Assert.Empty(await FaultsOf(Pieces().Render()));

    [Fact]
    public async Task What_is_wrong_is_seen()
    {
        var wide = new HtmlPage("Wrong", "").Section(
            "Wide", "<table><tr><td style=\"min-width:3000px\">x</td></tr></table>",
            "<figure style=\"position:relative;top:60px\"><img alt=\"\"></figure>", Picture("over it"));
        var faults = await FaultsOf(wide.Render());
        Assert.Contains(faults, fault => fault.Contains("is cut off", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("no caption", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("cannot see it", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task Reports_of_samples_keep_their_places(string report)
    {
        Assert.SkipWhen(report.Length == 0, "REPORTS does not name a folder with reports.");
        Assert.Empty(await FaultsOf(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Logarithms_are_labelled_by_values()
    {
        using var plot = Chart.New("weight");
        Chart.LabelByValues(plot.Axes.Bottom, -2, 1, zero: -3);
        plot.Axes.SetLimits(-3.5, 1.5, 0, 1);
        plot.RenderInMemory(400, 300);
        Assert.Equal(
            ["0", "0.01", "0.1", "1", "10"],
            plot.Axes.Bottom.TickGenerator.Ticks.Select(tick => tick.Label));
    }

    private static string Picture(string caption)
        => Html.SmallPicture(Pictures.Draw(60, 60, (x, y) => Palette.Map((x + y) / 120.0)), caption, caption);

    private static HtmlPage Pieces()
    {
        double[] x = [0, 1, 2, 3];
        string LineChart(string name) => Html.Chart(
            Chart.Lines("time (s)", "level", ("one", x, [1, 3, 2, 4]), ("two", x, [2, 1, 4, 3])), name, name);
        string Curve() => SoundFigures.Curve([0.1, 0.9, 0.2, 0.5], 310, 44, "curve");
        var table = new Table("name", ">a number with a long name", ">another number with a long name", ">time");
        table.Add("a rather long name of a row of the table", "1,234.5", "0.001", "12 s");
        var page = new HtmlPage("All pieces of a report", "An introduction.") { Footer = "The end." };
        page.Tiles([.. Enumerable.Range(1, 7).Select(i => ($"{i},000", "a caption of several words that may wrap"))]);
        page.Section("Table", table.ToHtml());
        page.Section("Table and chart", Html.SideBySide(table.ToHtml(), LineChart("beside a table")));
        foreach (var count in new[] { 1, 2, 3, 5 })
            page.Section($"{count} charts", Html.SideBySide(Enumerable.Range(0, count).Select(i => LineChart($"{i}"))));
        page.Section("Wide", Html.WideChart(
            Chart.RenderWide(Chart.New("time (s)", "level")), "As wide as its box", "Nothing"));
        page.Section("Small", Html.SideBySide(Enumerable.Range(0, 9).Select(i => Picture($"picture {i} of several"))));
        page.Section("Sound", SoundFigures.Spectrogram((n, f) => n + f + 1, 40, 20, 3, 4000),
            "<table><tr><th>What</th><th>Pitch</th><th>Share of energy</th><th>Begins</th><th>Ends</th>"
            + "<th>Spectrum</th><th>Activation</th><th>Sound</th></tr><tr><td>hammer</td>"
            + "<td class=\"number\">60.0</td>"
            + "<td class=\"number\">12.3 %</td><td class=\"number\">12.3 %</td><td class=\"number\">1 %</td>"
            + $"<td>{Curve()}</td><td>{Curve()}</td><td>{Html.Audio("none.wav")}</td></tr></table>");
        page.Section("Matrix", Html.SideBySide(
            $"<figure><figcaption>What follows</figcaption>"
            + MatrixFigure.Svg(
                ["C4", "rest", "F#5"], (i, j) => Palette.Heat((i + j) / 4.0), "to (next frame)", "from (this frame)",
                "A matrix") + "</figure>", LineChart("beside it")));
        return page;
    }

    private async Task<IReadOnlyList<string>> FaultsOf(string html)
    {
        var faults = new List<string>();
        foreach (var width in Widths)
        {
            var page = await chromium.NewPageAsync(width);
            await page.SetContentAsync(html);
            var found = await page.EvaluateAsync<string[]>(Faults, width);
            faults.AddRange(found.Select(fault => $"{width} px: {fault}"));
            await page.CloseAsync();
        }

        return faults;
    }
}
