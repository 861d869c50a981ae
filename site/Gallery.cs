#:package Microsoft.Playwright@1.64.1
#:package SkiaSharp@3.119.4
#:package SkiaSharp.NativeAssets.Linux.NoDependencies@3.119.4
#:property RestorePackagesWithLockFile=false
#:property ManagePackageVersionsCentrally=false
#:property PublishAot=false
// The pictures of docs/gallery.md, from the reports that samples have left in artifacts:
// dotnet run site/Gallery.cs [-- NAME…]. Run the samples first; what has no report is left as it is.
using Microsoft.Playwright;
using SkiaSharp;

const string Smooth = "Smoothness: slow changes seen through few counts";

// A picture shows a report from one heading to the end of the section of another, or its top.
(string Name, string Report, string From, string To, int Width)[] pictures =
[
    ("explorer", "topics-explorer.html", "", "", 1280),
    ("topics", "topics.html", "Are the topics good features?", "Are the topics good features?", 1000),
    ("unmixing", "unmixing/report.html", "Where the materials are", "Where the materials are", 1000),
    ("spectra", "unmixing/report.html", "What they look like", "What they look like", 1000),
    ("piano", "piano/piano.html", "Power spectrogram", "Itakura-Saito on power", 1000),
    ("restoration", "restoration/restoration.html", "The recording", "vibraphone", 1000),
    ("parts", "parts.html", "Nonnegative factors", "Principal components", 1000),
    ("inpainting", "inpainting.html", "", "", 1000),
    ("anomalies", "anomalies.html", "The sounds of the machine", "The sounds of the machine", 1000),
    ("penalties", "penalties.html", Smooth, Smooth, 1000),
    ("sequences", "sequences.html", "What follows what", "What follows what", 1000),
    ("online", "online-topics.html", "What comes later", "What comes later", 1000),
];
var artifacts = Path.GetFullPath("artifacts");
var folder = Directory.CreateDirectory("docs/pictures").FullName;
var browser = Environment.GetEnvironmentVariable("CHROME_PATH") ?? "/usr/bin/chromium";
using var playwright = await Playwright.CreateAsync();
await using var chromium = await playwright.Chromium.LaunchAsync(
    new() { ExecutablePath = browser, Args = ["--no-sandbox"] });
foreach (var picture in pictures.Where(picture => args.Length == 0 || args.Contains(picture.Name)))
{
    var report = Path.Combine(artifacts, picture.Report);
    if (!File.Exists(report))
    {
        Console.WriteLine($"{picture.Name}: there is no {report}");
        continue;
    }

    var page = await chromium.NewPageAsync(new() { ViewportSize = new() { Width = picture.Width, Height = 720 } });
    await page.GotoAsync(new Uri(report).AbsoluteUri);
    await page.WaitForTimeoutAsync(500);
    var png = picture.From.Length == 0
        ? await page.ScreenshotAsync()
        : await page.ScreenshotAsync(new() { FullPage = true, Clip = await Place(page, picture.From, picture.To) });
    await page.CloseAsync();
    using var bitmap = SKBitmap.Decode(png);
    using var webp = bitmap.Encode(SKEncodedImageFormat.Webp, 80);
    var file = Path.Combine(folder, picture.Name + ".webp");
    await File.WriteAllBytesAsync(file, webp.ToArray());
    Console.WriteLine($"{picture.Name}: {bitmap.Width} x {bitmap.Height}, {webp.Size / 1000} KB");
}

// From the top of one section to the bottom of another, at most 1,000 pixels.
static async Task<Clip> Place(IPage page, string from, string to)
{
    var first = await page.Locator("section", new() { Has = page.GetByRole(
        AriaRole.Heading, new() { Name = from, Exact = true }) }).First.BoundingBoxAsync();
    var last = await page.Locator("section", new() { Has = page.GetByRole(
        AriaRole.Heading, new() { Name = to, Exact = true }) }).First.BoundingBoxAsync();
    const float margin = 8;
    var top = first!.Y - margin;
    return new Clip
    {
        X = first.X - margin,
        Y = top,
        Width = first.Width + (2 * margin),
        Height = Math.Min(last!.Y + last.Height + margin - top, 1000),
    };
}
