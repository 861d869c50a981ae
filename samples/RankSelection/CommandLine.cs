using System.Globalization;

namespace RankSelection;

/// <summary>Something that the user can put right; its message says how.</summary>
internal sealed class UserErrorException(string message) : Exception(message);

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
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--help" or "-h")
                return parsed with { Help = true };
            var name = arguments[i];
            if (name is not ("--data" or "--ranks" or "--starts" or "--seed" or "--output"))
                throw new UserErrorException($"There is no option \"{name}\". Try --help.");
            if (++i == arguments.Count)
                throw new UserErrorException($"The option {name} needs a value.");
            parsed = parsed.With(name, arguments[i]);
        }

        return parsed;
    }

    private CommandLine With(string name, string value) => name switch
    {
        "--data" => this with { DataFolder = value },
        "--ranks" => this with { Ranks = Range(value) },
        "--starts" => this with { Starts = Integer(name, value, 1) },
        "--seed" => this with { Seed = Integer(name, value, 0) },
        _ => this with { OutputFolder = value },
    };

    private static (int From, int To) Range(string value)
    {
        var parts = value.Split('-');
        if (parts.Length != 2)
            throw new UserErrorException($"The ranks must be given as FROM-TO, for instance 2-9, not \"{value}\".");
        var (from, to) = (Integer("--ranks", parts[0], 1), Integer("--ranks", parts[1], 1));
        return from <= to ? (from, to) : throw new UserErrorException($"The ranks {value} run backwards.");
    }

    private static int Integer(string name, string value, int least)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new UserErrorException($"The value of {name} must be a whole number of at least {least}, not \"{value}\".");
}
