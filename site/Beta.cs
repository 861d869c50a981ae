#:project ../src/Nmf/Nmf.csproj
#:project ../samples/Reporting/Reporting.csproj
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
// The pictures of docs/beta.md: dotnet run site/Beta.cs. Prints the figures that the page quotes.
using Nmf;
using Reporting;
using ScottPlot;
using SkiaSharp;

const int Width = 420, Height = 320, Sharpness = 2, Samples = 2000, Bands = 60;
(double Beta, string Name)[] measures = [
    (2, "β = 2, Euclidean"), (1, "β = 1, Kullback-Leibler"), (0, "β = 0, Itakura-Saito")];
var folder = Directory.CreateDirectory("docs/pictures").FullName;

Save("beta-cost", [Costs(), Weights()]);
Save("beta-noise", [.. measures.Select(measure => Noise(measure.Beta, measure.Name))]);
Save("beta-fit", [.. measures.Select(measure => Fit(measure.Beta, measure.Name))]);

static double Divergence(double v, double y, double beta) => beta switch
{
    2 => (v - y) * (v - y) / 2,
    1 => (v * Math.Log(v / y)) - v + y,
    _ => (v / y) - Math.Log(v / y) - 1,
};

// What it costs to explain v = 1 by y.
Plot Costs()
{
    var plot = Chart.New("model y, where the data are v = 1", "cost d(v | y)");
    plot.Title("Too little and too much", 15);
    double[] y = [.. Enumerable.Range(1, 300).Select(i => i / 100.0)];
    Lines(plot, beta => (y, [.. y.Select(value => Divergence(1, value, beta))]));
    plot.Axes.SetLimits(0, 3, 0, 3.2);
    plot.Legend.Alignment = Alignment.UpperCenter;
    return plot;
}

// What an error of a tenth costs at a size v: v^β times a constant.
Plot Weights()
{
    var plot = Chart.New("size v of an entry", "cost of 10 % too much");
    plot.Title("Loud and quiet", 15);
    double[] exponents = [.. Enumerable.Range(0, 61).Select(i => (i - 30) / 10.0)];
    Lines(plot, beta => (exponents, [.. exponents.Select(x => Math.Log10(
        Divergence(Math.Pow(10, x), 1.1 * Math.Pow(10, x), beta)))]));
    Powers(plot.Axes.Bottom, -3, 3, 1);
    Powers(plot.Axes.Left, -8, 4, 2);
    plot.Axes.SetLimits(-3, 3.2, -8.5, 5.5);
    return plot;
}

void Lines(Plot plot, Func<double, (double[] X, double[] Y)> line)
{
    foreach (var (i, (beta, name)) in measures.Index())
    {
        var (x, y) = line(beta);
        var scatter = plot.Add.Scatter(x, y);
        (scatter.Color, scatter.LineWidth, scatter.MarkerSize, scatter.LegendText) = (Chart.Series(i), 2, 0, name);
    }

    plot.ShowLegend(Alignment.UpperLeft);
    plot.Legend.ShadowColor = Colors.Transparent;
    plot.Legend.OutlineWidth = 0;
}

// The noise under which a β is the likelihood: data drawn around a model that rises from 0 to 100.
Plot Noise(double beta, string name)
{
    var random = new Random(3);
    double[] y = [.. Enumerable.Range(1, 300).Select(i => i / 3.0)];
    double[] v = [.. y.Select(mean => beta switch
    {
        2 => mean + (8 * Normal(random)),
        1 => Poisson(random, mean),
        _ => mean * Gamma(random, 8),
    })];
    var plot = Chart.New("model y", "data v");
    plot.Title(name, 15);
    var points = plot.Add.Scatter(y, v);
    (points.LineWidth, points.MarkerSize, points.Color) = (0, 4, Chart.Blue.WithAlpha(0.55));
    var line = plot.Add.Scatter(y, y);
    (line.MarkerSize, line.LineWidth, line.Color) = (0, 2, Chart.Grey);
    plot.Axes.SetLimits(0, 102, -25, 210);
    return plot;
}

// Two sources, one a hundred times weaker than the other, under noise in proportion to the size.
Plot Fit(double beta, string name)
{
    var random = new Random(5);
    double[][] sources = [
        [.. Enumerable.Range(0, Bands).Select(f => 100 * Bump(f, 18))],
        [.. Enumerable.Range(0, Bands).Select(f => Bump(f, 42))]];
    var values = new double[Samples * Bands];
    for (var n = 0; n < Samples; n++)
    {
        double[] amounts = [-Math.Log(random.NextDouble()), -Math.Log(random.NextDouble())];
        for (var f = 0; f < Bands; f++)
            values[(n * Bands) + f] = sources.Select((s, k) => amounts[k] * s[f]).Sum() * Gamma(random, 4);
    }

    var model = NmfFactorizer.Fit(
        NmfData<double>.FromDense(values, Samples, Bands),
        new NmfOptions { Rank = 2, Problem = beta, Starts = 5, Seed = 1, Iterations = new()
            { MaximumIterations = 1000, Tolerance = 1e-8 } });
    var plot = Chart.New("band", "part of the source");
    plot.Title(name, 15);
    double[] bands = [.. Enumerable.Range(0, Bands).Select(f => (double)f)];
    var angles = new List<double>();

    // The component nearest to the loud source, and the other.
    double[][] components = [.. Enumerable.Range(0, 2)
        .Select(k => Enumerable.Range(0, Bands).Select(f => model.Dictionary[f, k]).ToArray())
        .OrderBy(component => SpectralAngle.Degrees<double>(sources[0], component))];
    foreach (var (s, source) in sources.Index())
    {
        var found = components[s];
        angles.Add(SpectralAngle.Degrees<double>(source, found));
        Curve(source, 6, Chart.Grey.WithAlpha(0.6), s == 0 ? "the sources" : "");
        Curve(found, 2, Chart.Series(s), s == 0 ? "the loud one, found" : "the quiet one, found");
    }

    Console.WriteLine($"{name}: {angles[0]:F1}° from the loud source, {angles[1]:F1}° from the quiet one");
    plot.Axes.SetLimits(0, Bands - 1, -5, 1.9);
    Powers(plot.Axes.Left, -5, 0, 1);
    plot.ShowLegend(Alignment.UpperCenter);
    plot.Legend.ShadowColor = Colors.Transparent;
    plot.Legend.OutlineWidth = 0;
    return plot;

    void Curve(double[] y, float width, Color color, string text)
    {
        var sum = y.Sum();
        var curve = plot.Add.Scatter(bands, [.. y.Select(value => Math.Log10(Math.Max(value / sum, 1e-9)))]);
        (curve.LineWidth, curve.MarkerSize, curve.Color, curve.LegendText) = (width, 0, color, text);
    }
}

static double Bump(int f, int center) => Math.Exp(-Math.Pow((f - center) / 7.0, 2)) + 1e-4;

static double Normal(Random random)
    => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

// Means of so many exponential variables.
static double Gamma(Random random, int shape)
    => Enumerable.Range(0, shape).Sum(_ => -Math.Log(1 - random.NextDouble())) / shape;

static double Poisson(Random random, double mean)
{
    var (count, left) = (0, mean + Math.Log(1 - random.NextDouble()));
    for (; left > 0; count++)
        left += Math.Log(1 - random.NextDouble());
    return count;
}

static void Powers(IAxis axis, int from, int to, int step)
    => axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
        [.. Enumerable.Range(0, ((to - from) / step) + 1).Select(i => from + (i * step)).Select(power => new Tick(
            power, power switch { 0 => "1", > 0 and < 4 => Math.Pow(10, power).ToString("0"), > -4 and < 0 =>
                Math.Pow(10, power).ToString("0.###"), _ => $"1e{power}" }))]);

void Save(string name, IReadOnlyList<Plot> plots)
{
    using var picture = new SKBitmap(Width * Sharpness * plots.Count, Height * Sharpness);
    using (var canvas = new SKCanvas(picture))
    {
        foreach (var (i, plot) in plots.Index())
        {
            plot.Font.Set("DejaVu Sans");
            using var one = SKBitmap.Decode(plot.GetImageBytes(Width * Sharpness, Height * Sharpness, ImageFormat.Png));
            canvas.DrawBitmap(one, i * Width * Sharpness, 0);
            plot.Dispose();
        }
    }

    using var webp = picture.Encode(SKEncodedImageFormat.Webp, 75);
    File.WriteAllBytes(Path.Combine(folder, name + ".webp"), webp.ToArray());
    Console.WriteLine($"{name}: {webp.Size / 1000} KB");
}
