#:package AngleSharp@1.10.3
#:property RestorePackagesWithLockFile=false
#:property ManagePackageVersionsCentrally=false
// Whether what the pages of a site point at is there: dotnet run site/CheckLinks.cs -- FOLDER
// Pages, pictures, scripts and headings; addresses of the web are only looked at for their form.
using System.Collections.Concurrent;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

var root = Path.GetFullPath(args[0]);
var pages = Directory.GetFiles(root, "*.html", SearchOption.AllDirectories);
var anchors = new ConcurrentDictionary<string, HashSet<string>>(StringComparer.Ordinal);
var links = new ConcurrentBag<(string Page, string Target)>();
Parallel.ForEach(pages, page =>
{
    using var document = new HtmlParser().ParseDocument(File.ReadAllText(page));
    anchors[page] = [.. document.All.SelectMany(element => new[] { element.Id, element.GetAttribute("name") })
        .OfType<string>()];
    foreach (var element in document.All)
    {
        if ((element.GetAttribute("href") ?? element.GetAttribute("src")) is { Length: > 0 } target)
            links.Add((page, target));
    }

    // A page without a heading is one that a broken source has made.
    if (Path.GetFileName(page) != "toc.html" && document.QuerySelector("h1") is null)
        links.Add((page, "(a heading)"));
});

var wrong = links.Where(link => !Leads(link.Page, link.Target))
    .Select(link => $"{Path.GetRelativePath(root, link.Page)}: {link.Target}").Distinct().Order(StringComparer.Ordinal)
    .ToList();
wrong.ForEach(Console.WriteLine);
Console.WriteLine($"{pages.Length} pages, {links.Count} links, {wrong.Count} lead nowhere");
return wrong.Count == 0 && links.Count > pages.Length ? 0 : 1;

bool Leads(string page, string target)
{
    if (Uri.TryCreate(target, UriKind.Absolute, out var address) && !address.IsFile)
        return address.Scheme is "https" or "http" or "mailto" or "data" && !address.Host.EndsWith(".invalid");
    var parts = target.Split('#', 2);
    var path = Uri.UnescapeDataString(parts[0].Split('?')[0]);
    var file = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
    if (Directory.Exists(file))
        file = Path.Combine(file, "index.html");
    return File.Exists(file) && (parts.Length == 1 || parts[1].Length == 0 || !anchors.TryGetValue(file, out var ids)
        || ids.Contains(Uri.UnescapeDataString(parts[1])));
}
