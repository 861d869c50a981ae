#:property RestorePackagesWithLockFile=false
#:property ManagePackageVersionsCentrally=false
// What is in the packages: dotnet run .ci/CheckPackages.cs -- FOLDER VERSION EXPECTED [--write]
// EXPECTED lists each package with its assemblies and what it asks for; --write writes it.
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

var (folder, version, expected) = (args[0], args[1], args[2]);
var faults = new List<string>();
var listing = new StringBuilder();
foreach (var path in Directory.GetFiles(folder, $"*.{version}.nupkg").Order(StringComparer.Ordinal))
{
    using var package = ZipFile.OpenRead(path);
    using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal))
        .Open();
    var metadata = XDocument.Load(nuspec).Root!.Elements().Single();
    var id = Text(metadata, "id");
    void Require(bool condition, string fault)
    {
        if (!condition)
            faults.Add($"{id}: {fault}");
    }

    // NuGet reserves the prefix.
    Require(!id.StartsWith("Microsoft.", StringComparison.OrdinalIgnoreCase), "the id begins with Microsoft.");
    Require(Text(metadata, "license") == "MIT", "the licence is not an expression.");
    Require(Text(metadata, "description") is { Length: > 40 and < 4000 }, "the description is missing or too long.");
    Require(
        Text(metadata, "releaseNotes") is { Length: > 40 and < 35_000 }, "the release notes are missing or too long.");
    Require(Child(metadata, "repository")?.Attribute("commit")?.Value is { Length: 40 }, "the commit is missing.");
    Require(
        Text(metadata, "projectUrl") is "" || Uri.TryCreate(Text(metadata, "projectUrl"), UriKind.Absolute, out _),
        "the address of the project is none.");

    var icon = package.GetEntry(Text(metadata, "icon"));
    Require(icon is { Length: > 0 and < 1 << 20 }, "the icon is missing or too large.");
    var readme = package.GetEntry(Text(metadata, "readme"));
    Require(readme is not null, "the README is missing.");
    if (readme is not null)
    {
        using var reader = new StreamReader(readme.Open());
        var page = reader.ReadToEnd();
        Require(page.StartsWith($"# {id}:", StringComparison.Ordinal), "the README is that of another package.");
        foreach (Match link in Regex.Matches(
            page, """\]\(\s*([^)\s]+)|^\s*\[[^\]]+\]:\s*(\S+)|(?:src|href)\s*=\s*["']([^"']+)""",
            RegexOptions.Multiline))
        {
            var target = link.Groups.Values.Skip(1).First(group => group.Success).Value;
            Require(
                target.StartsWith("https://", StringComparison.Ordinal),
                $"the README has the link '{target}', which is dead on the page of a package.");
        }
    }

    // Templates are sources, and ask for nothing before they are used.
    if (Child(metadata, "packageTypes")?.Elements().Single().Attribute("name")?.Value == "Template")
    {
        Require(Child(metadata, "dependencies") is null, "the templates ask for packages.");
        listing.AppendLine(id);
        foreach (var template in package.Entries.Where(entry => entry.Name == "template.json"))
            listing.AppendLine($"  template {template.FullName.Split('/')[1]}");
        continue;
    }

    // A tool is a program with all that it needs: nobody compiles against it, and it asks for nothing.
    if (Child(metadata, "packageTypes") is not null)
    {
        var settings = package.Entries.SingleOrDefault(entry => entry.Name == "DotnetToolSettings.xml");
        Require(settings is not null, "the settings of the tool are missing.");
        Require(
            Child(metadata, "dependencies") is not { } asked || !asked.Descendants().Any(
                e => e.Name.LocalName == "dependency"), "the tool asks for packages.");
        listing.AppendLine(id);
        if (settings is not null)
        {
            using var content = settings.Open();
            var command = XDocument.Load(content).Descendants("Command").Single();
            listing.AppendLine(
                $"  {settings.FullName.Split('/')[1]}: command {command.Attribute("Name")!.Value}, "
                + command.Attribute("EntryPoint")!.Value);
        }

        continue;
    }

    var symbols = Path.ChangeExtension(path, ".snupkg");
    Require(File.Exists(symbols), "there are no symbols.");
    var files = package.Entries.Select(entry => entry.FullName)
        .Where(name => name.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
    Require(
        files.Count(name => name.EndsWith(".dll", StringComparison.Ordinal)) == 2,
        "there is not one assembly for each of two frameworks.");
    foreach (var assembly in files.Where(name => name.EndsWith(".dll", StringComparison.Ordinal)))
        Require(files.Contains(Path.ChangeExtension(assembly, ".xml")), $"{assembly} has no documentation.");
    if (File.Exists(symbols))
    {
        using var archive = ZipFile.OpenRead(symbols);
        foreach (var assembly in files.Where(name => name.EndsWith(".dll", StringComparison.Ordinal)))
            Require(
                archive.GetEntry(Path.ChangeExtension(assembly, ".pdb")) is not null, $"{assembly} has no symbols.");
    }

    listing.AppendLine(id);
    foreach (var group in Child(metadata, "dependencies")!.Elements())
    {
        var framework = group.Attribute("targetFramework")!.Value;
        var assemblies = files.Where(name => name.StartsWith($"lib/{framework}/", StringComparison.Ordinal));
        listing.AppendLine($"  {framework}: {string.Join(", ", assemblies.Select(Path.GetFileName))}");
        foreach (var dependency in group.Elements().OrderBy(
            dependency => dependency.Attribute("id")!.Value, StringComparer.Ordinal))
        {
            listing.AppendLine(
                $"    {dependency.Attribute("id")!.Value} "
                + $"{dependency.Attribute("version")!.Value.Replace(version, "VERSION")}");
        }
    }
}

var actual = listing.ToString();
if (args.Contains("--write"))
    File.WriteAllText(expected, actual);
else if (actual != File.ReadAllText(expected))
    faults.Add(
        $"The packages are not those of {expected}; where the change is meant, write it with --write. "
        + $"They are:\n{actual}");
faults.ForEach(Console.WriteLine);
return faults.Count == 0 ? 0 : 1;

static XElement? Child(XElement parent, string name)
    => parent.Elements().SingleOrDefault(element => element.Name.LocalName == name);

static string Text(XElement parent, string name) => Child(parent, name)?.Value ?? "";
