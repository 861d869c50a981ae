using Microsoft.Playwright;
using MLNmf.Tests;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>Pages of the explorer in the Chromium of this machine.</summary>
public sealed class Browser : IAsyncLifetime
{
    private readonly Chromium _chromium = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("explorer");
    private int _files;

    /// <summary>Opens a page of a file and watches it: whatever it prints, throws or asks for is a fault.</summary>
    public async Task<Visit> Open(
        TopicExplorer explorer, int width = 1400, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await _chromium.NewPageAsync(width, scheme);
        page.SetDefaultTimeout(20_000);
        var path = Path.Combine(_folder.FullName, $"{_files++}.html");
        explorer.Save(path);
        var visit = new Visit(page);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return visit;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => _chromium.InitializeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _folder.Delete(recursive: true);
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
