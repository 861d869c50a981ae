using Microsoft.Playwright;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>The Chromium of this machine, where there is one; nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places =
    [
        Environment.GetEnvironmentVariable("CHROME_PATH") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("explorer");
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private int _files;

    /// <summary>Opens a page of a file and watches it: whatever it prints, throws or asks for is a fault.</summary>
    public async Task<Visit> Open(
        TopicExplorer explorer, int width = 1400, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium on this machine.");
        var path = Path.Combine(_folder.FullName, $"{_files++}.html");
        explorer.Save(path);
        return await Open(path, width, scheme);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } place)
            return;
        _playwright = await Playwright.CreateAsync();
        // Root, as in containers, has no sandbox.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = place, Args = ["--no-sandbox"] });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Visit> Open(string path, int width, ColorScheme scheme)
    {
        var page = await _browser!.NewPageAsync(
            new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        page.SetDefaultTimeout(20_000);
        var visit = new Visit(page);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return visit;
    }
}

/// <summary>A page that is open.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly List<string> _faults = [];
    private readonly List<string> _requests = [];

    /// <summary>Watches a page.</summary>
    public Visit(IPage page)
    {
        Page = page;
        page.Console += (_, message) => _faults.Add($"console: {message.Text}");
        page.PageError += (_, message) => _faults.Add($"error: {message}");
        page.Dialog += (_, dialog) =>
        {
            _faults.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) => _requests.Add(request.Url);
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Text of an element.</summary>
    public async Task<string> Text(string selector) => (await Page.Locator(selector).First.InnerTextAsync()).Trim();

    /// <summary>Texts of all elements.</summary>
    public async Task<IReadOnlyList<string>> Texts(string selector)
        => await Page.Locator(selector).AllInnerTextsAsync();

    /// <summary>Value of an expression of the page.</summary>
    public async Task<T> Value<T>(string script) => await Page.EvaluateAsync<T>(script);

    /// <summary>Nothing was printed or thrown, and nothing asked for but the file itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Assert.Empty(_faults);
        Assert.StartsWith("file:", Assert.Single(_requests), StringComparison.Ordinal);
    }
}
