using Microsoft.Playwright;

namespace MLNmf.Tests;

/// <summary>The Chromium of this machine, where there is one; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places =
    [
        Environment.GetEnvironmentVariable("CHROME_PATH") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable", "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A new page; skips the test where there is no browser.</summary>
    public async Task<IPage> NewPageAsync(int width, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium on this machine.");
        return await _browser.NewPageAsync(
            new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
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
    }
}
