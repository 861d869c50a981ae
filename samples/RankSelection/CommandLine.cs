using System.Globalization;

namespace RankSelection;

/// <summary>What the user asks for.</summary>
internal sealed record CommandLine
{
    public const string Usage = """
        How many components do the data have?

        dotnet run -c Release --project samples/RankSelection [-- options]

        Without options it makes counts of five components and pretends not to know.

          --data FOLDER            the leukaemia data of Brunet et al. (2004), a folder with ALL_AML_data.txt
          --ranks FROM-TO          ranks to try (2-9; 2-6 with --data)
          --starts NUMBER          random starts per rank, 1 or more (10; 20 with --data)
          --seed NUMBER            seed of everything random (1)
          --output FOLDER          where rank.html is written (artifacts)
          --help                   this text
        """;

    public string? DataFolder { get; private init; }

    public (int From, int To)? Ranks { get; private init; }

    public int? Starts { get; private init; }

    public int Seed { get; private init; } = 1;

    public string OutputFolder { get; private init; } = "artifacts";

    public bool Help { get; private init; }

    /// <exception cref="UserErrorException">An option is unknown or its value makes no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new CommandLine();
        var reader = new ArgumentReader(arguments);
        while (reader.NextOption() is { } name)
        {
            parsed = name switch
            {
                "--data" => parsed with { DataFolder = reader.ExistingFolder() },
                "--ranks" => parsed with { Ranks = Range(reader.Text()) },
                "--starts" => parsed with { Starts = reader.WholeNumber(1) },
                "--seed" => parsed with { Seed = reader.WholeNumber(0) },
                "--output" => parsed with { OutputFolder = reader.Text() },
                "--help" => parsed with { Help = true },
                _ => throw reader.Unknown(),
            };
        }

        return parsed;
    }

    private static (int From, int To) Range(string value)
    {
        var parts = value.Split('-');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var to) || from == 0)
        {
            throw new UserErrorException($"The ranks must be given as FROM-TO, for instance 2-9, not \"{value}\".");
        }
        return from <= to ? (from, to) : throw new UserErrorException($"The ranks {value} run backwards.");
    }
}
