using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>Every program of <c>samples/Snippets</c> runs as it stands and prints what it promises.</summary>
public sealed partial class SnippetTests
{
    private const string Folder = "samples/Snippets/";
    private const int MostLines = 60;

    // What the build of the repository allows.
    private const int MostColumns = 120;

    /// <summary>For every snippet what must be found in its output.</summary>
    public static TheoryData<string, string> Promises { get; } = new()
    {
        { "Annealing", "Annealing ended lower for [5-9] of 10 seeds" },
        { "BinaryData",
            @"People of group 0 like things of each group with probability 0\.[789]\d, 0\.[012]\d, 0\.[012]\d" },
        { "Checkpoints", "The end has the same bits as a fit without interruption" },
        { "ChoosingTheMeasure", "(?s)The data ask for negative binomial noise: beta = 1.*beta: 1, rank 2" },
        { "ChoosingTheRank", "(?s)held-out.*rank.html" },
        { "DataFrames",
            @"(?s)(bread.*|screws.*){2}300 rows: customer, Habit 0, Habit 1\r?\nc0: \d\.\d\d, \d\.\d\d" },
        { "Database", @"334 rows have parts, (100\.0|99\.\d) % explained" },
        { "EditTopics", @"(?s)Topics \d and \d: \d+ % similar.*3 components.*edited: merge \d, \d; drop 0.*\(1\)" },
        { "EnviMaps", "(?s)20 x 30 pixels, 2 maps.*Column  0: (100|0) % of one material, (100|0) % of the other" },
        { "ExplainRow", @"(?s)(boat|water).*bread +baking +\d\.\d\d.*baking: \d\.\d\d of \d words" },
        { "FromLda",
            @"(?s)LDA: text 0 \d+ % \d+ %.*NMF: text 0 (\d+) % (\d+) %, text 1 \2 % \1 %.*: (wave|boat|sail)" },
        { "FromScikitLearn", @"reconstruction_err_ 5\.6595\r?\n0\.000 0\.010 .*\r?\n.*\r?\n.*row: 2\.707 1\.293" },
        { "GuidedTopics", "(?s)finance: .*money.*baking: .*bread.*Component2: .*(wind|sail).*'yacht' .finance." },
        { "HowSure", "(?s)10 converged.*Unique: .*Unknown: " },
        { "HowLikely",
            @"(?s)gamma noise, dispersion 0\.\d+: -\d.*variance of 0\.(1[89]|2[012]) .*samples: -\d.*nine of ten" },
        { "KnownComponents", "component 0 is unchanged" },
        { "KnownSource", @"dB in the noise, \d+\.\d dB extracted" },
        { "LibraryUnmixing",
            @"(?s)Mineral 12: .*Mineral 33: [5-9] % .*Mineral 40: .*Error of the abundances: 0\.0\d\d pixel" },
        { "LearntTransform", @"(?s)cosine transform: (\d\.\d\d).*learnt transform: (?!\1)0\.\d\d.*strongest atom" },
        { "MatchingComponents", @"(?s)True part 0 is component \d.*dB" },
        { "MissingValues", @"half of which were missing: 0\.0" },
        { "ModelVersions",
            "(?s)version 3 of 3 serves, with 4.*version 2 of 4 serves, with 3.*version 4 of 4 serves, with 5.*1, 2" },
        { "NewRows", "Training rows: the same bits as in the fit" },
        { "Notebook", "2 pictures of components in .*model.html" },
        { "NumberOfParts", "4 of 12 components are relevant" },
        { "Outliers", "rows 0, 20, 40, 60, 80, 100, 120, 140, 160, 180" },
        { "OwnDivergence", "(?s)mean error.*of large values.*mean error" },
        { "ParquetTables",
            @"(?s)Spectrum: Vector<Single, 5>, 5000 rows.*r0 at 2026-01-01: 2 parts.*Explained: (100\.0|99\.\d) %" },
        { "PlainMatrix", @"100\.00 % explained" },
        { "Ratings", @"R² = 0\.[6789]" },
        { "Reconstruction", "Mean difference over all rows: 0.0" },
        { "SaveAndLoad", "the same bits as before" },
        { "Serving", "(?s)2 activations by version 1.*3 activations by version 2.*Version 2 still serves" },
        { "SmoothActivations", "(?s)λ = +0: .*λ = 100: " },
        { "Solvers", "For dense counts Auto stands for SharedNewton" },
        { "SoundClips", "(100|9[0-9]) % of the clips" },
        { "SoundParts", @"220 Hz: .* dB SI-SDR in the mixture, \d\d\.\d dB as a component" },
        { "SparseCounts", @"Topic 4: (100|9\d) % of its leading words" },
        { "SparseParts", @"(?s)Weight +0: 5.*Weight +4: 2" },
        { "StereoSources", @"(?s)Source 1: place 0\.(4[89]|5[012]).*dB separated.*to [1-9]e-0?[6789]" },
        { "Starts", "Eight random starts end between" },
        { "StopWords", "(?s)Topic 0: .*(boote|brot).*Languages: .*German" },
        { "Streams", "Saved and loaded: 4000 rows seen" },
        { "TensorParts",
            @"(?s)14 and emits at 30: 0\.[34]\d .*9 and emits at 18: 0\.[67]\d .*4 and emits at 10: 0\.[12]\d " },
        { "TonesAndBeats", @"(?s)noise: 0\.0(09|1[0-3]).*Notes: .*, [12]\d\.\d dB.*Clock: .*to [1-9]e-0?[6789]" },
        { "TopicExplorer", @"(?s)λ = 1: .*λ = 0: .*Open topics-explorer\.html \(\d\d KB\)" },
        { "TopicNames",
            @"(?s)out\. (wind and waves|fishing boats|high tide), \d+.*rates\. "
                + "(interest rates|stock market|central bank), .*Hello. no topic" },
        { "TopicReading", @"(?s)Labels: .*2023: .*\(\d+ % to \d+ %\).*city: \d+ texts.*300 texts: .*  \d+ texts: " },
        { "Topics", @"Topic 0: \w+, \w+, \w+, \w+\r?\nTopic 1: \w+, \w+, \w+, \w+\r?\nA new sentence: \d+" },
        { "Troubles",
            "(?s)has not converged: it ended after 5 .*2 of 5 features have zero weight.*2 of 3 components are zero.*"
                + @"negative \(-1\) in row 7.*NaN.*is 0 in row 0.*makes none sparse.*removed: o" },
        { "TwoViews", @"(?s)fitted alone: 0\.2.*with the clean one: 0\.1.*from the first: 0\.0.*each feature: 0\.4" },
        { "Uncertainty", @"(?s)4 of 12 components are left.*log p of a usual sample -\d\d, of a strange one -\d\d" },
        { "Unmixing", "HySime estimates 3 materials" },
        { "Watching", @"(?s)training: Healthy.*kind: Degraded.* 75\.0 %" },
        { "WhatFollowsWhat", "(?s)After tone 0 comes tone 1.*After tone 3 comes tone 0.*the share of tone 0 is" },
        { "WhatWasFound", "(?s)bread.*nails|nails.*bread" },
    };

    [Theory]
    [MemberData(nameof(Promises))]
    public void A_snippet_prints_what_it_promises(string name, string promise)
    {
        var (here, folder) = (Environment.CurrentDirectory, Directory.CreateTempSubdirectory("snippet"));
        Environment.CurrentDirectory = folder.FullName;
        try
        {
            // Lines such as #:project are for dotnet run.
            var output = BlockCompiler.Run(Directive().Replace(Repository.Read($"{Folder}{name}.cs"), ""));
            TestContext.Current.TestOutputHelper!.WriteLine(output);
            Assert.Matches(promise, output);
        }
        finally
        {
            Environment.CurrentDirectory = here;
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_snippet_is_run_and_short_and_on_its_page()
    {
        var snippets = Repository.Files.Where(
            file => file.StartsWith(Folder, StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(
            snippets.Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal),
            Promises.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
        Assert.All(snippets, file =>
        {
            var lines = Repository.Read(file).TrimEnd().Split('\n');
            Assert.InRange(lines.Length, 15, MostLines);
            Assert.All(lines, line => Assert.InRange(line.Length, 0, MostColumns));
        });
        var page = Repository.Read("docs/features.md");
        Assert.All(snippets, file => Assert.Contains($"](../{file})", page, StringComparison.Ordinal));
    }

    [GeneratedRegex("^#:.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
