using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Nmf.Mutation;

// Mutation --library FOLDER --tests FOLDER [--files PATTERN,...] [--classes PATTERN,...] [--confirm yes] [--count N]
// [--seed N] [--at FILE:LINE,...] [--report FILE]. The table of mutants and the score go to the report; a line for each
// mutant to the console. Places are those of the report: only what stands there is tried. Confirming runs all tests
// against what survives the classes that were named.
var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 0; i + 1 < args.Length; i += 2)
    options.Add(args[i], args[i + 1]);
if (args.Length % 2 != 0 || !options.TryGetValue("--library", out var folder)
    || !options.TryGetValue("--tests", out var testFolder))
{
    Console.Error.WriteLine(
        "Usage: Mutation --library FOLDER --tests FOLDER [--files PATTERN,...] [--classes PATTERN,...] "
        + "[--confirm yes] [--count N] [--seed N] [--at FILE:LINE,...] [--report FILE]");
    return 2;
}

folder = Path.GetFullPath(folder);
string[] patterns = options.GetValueOrDefault("--files", "*").Split(',');
string[]? places = options.TryGetValue("--at", out var at) ? at.Split(',') : null;
string[] classes = options.TryGetValue("--classes", out var names) ? names.Split(',') : [];
var count = int.Parse(options.GetValueOrDefault("--count", "50"), CultureInfo.InvariantCulture);
var random = new Random(int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture));

Tool.Run("dotnet", ["build", testFolder, "-c", "Release", "-v", "quiet"]);
var library = MutatedLibrary.Open(Directory.EnumerateFiles(folder, "*.csproj").Single());
using var tests = new TestProgram(testFolder);
var assembly = tests.PathOf(library.FileName);

// Without a change everything must pass, and this long it takes.
library.Emit(null, assembly);
var longest = LongestOf(classes);
var longestOfAll = classes.Length > 0 && options.ContainsKey("--confirm") ? LongestOf([]) : (TimeSpan?)null;

var chosen = library.Files.Where(IsChosen)
    .Select(file => Mutators.In(file).Where(mutant => places?.Contains(PlaceOf(mutant)) != false).ToList())
    .Where(all => all.Count > 0).ToList();
Console.WriteLine($"{chosen.Sum(all => all.Count)} mutants in {chosen.Count} files; {count} are tried.");
random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chosen));
using var report =
    options.TryGetValue("--report", out var path) ? new StreamWriter(path) { AutoFlush = true } : StreamWriter.Null;
report.WriteLine("| Outcome | Place | Change | Test |\n|---|---|---|---|");
var counts = new int[Enum.GetValues<Outcome>().Length];
foreach (var mutant in Draw().Take(count))
{
    var (outcome, test) = Try(mutant);
    counts[(int)outcome]++;
    var place = PlaceOf(mutant);
    Console.WriteLine($"{outcome,-14} {place}: {mutant.Description} {test}");
    report.WriteLine(
        $"| {outcome} | {place} | `{mutant.Description.Replace("|", "\\|", StringComparison.Ordinal)}` | {test} |");
}

var caught = counts[(int)Outcome.Killed] + counts[(int)Outcome.TimedOut];
var total = caught + counts[(int)Outcome.Survived];
var score = $"{caught} of {total} mutants were noticed ({100.0 * caught / Math.Max(1, total):F0} %), "
    + $"{counts[(int)Outcome.TimedOut]} of them by time; {counts[(int)Outcome.DoesNotCompile]} did not compile.";
Console.WriteLine(score);
report.WriteLine($"\n{score}");
return 0;

(Outcome Outcome, string Test) Try(Mutant mutant)
{
    if (!library.Emit(mutant, assembly))
        return (Outcome.DoesNotCompile, "");
    var result = tests.Run(classes, longest);
    return result.Outcome == Outcome.Survived && longestOfAll is { } limit ? tests.Run([], limit) : result;
}

TimeSpan LongestOf(string[] classes)
{
    var watch = Stopwatch.StartNew();
    var (unchanged, failing) = tests.Run(classes, TimeSpan.FromHours(1));
    if (unchanged != Outcome.Survived)
        throw new InvalidOperationException($"The tests fail without any change: {failing}.");
    Console.WriteLine($"Without a change: {watch.Elapsed.TotalSeconds:F1} s.");
    return (5 * watch.Elapsed) + TimeSpan.FromSeconds(20);
}

string PlaceOf(Mutant mutant) => $"{Path.GetRelativePath(folder, mutant.Tree.FilePath)}:{mutant.Line}";

bool IsChosen(SyntaxTree file)
{
    var relative = Path.GetRelativePath(folder, file.FilePath);
    return !relative.StartsWith("obj", StringComparison.Ordinal) && !relative.StartsWith("..", StringComparison.Ordinal)
        && patterns.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, relative));
}

// One of every file in turn, so that long files do not take all.
IEnumerable<Mutant> Draw()
{
    while (chosen.Count > 0)
    {
        foreach (var file in chosen)
        {
            var at = random.Next(file.Count);
            yield return file[at];
            file.RemoveAt(at);
        }

        chosen.RemoveAll(file => file.Count == 0);
    }
}
