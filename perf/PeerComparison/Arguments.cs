using System.Globalization;
using Nmf;

namespace PeerComparison;

/// <summary>The command line or the data folder is not what the program needs.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>What to measure.</summary>
internal enum Mode
{
    /// <summary>Iterations of a fit.</summary>
    Fit,

    /// <summary>Activations of new rows.</summary>
    Transform,

    /// <summary>Time per iteration over problem sizes.</summary>
    Growth,

    /// <summary>Arithmetic peak of the machine.</summary>
    FmaPeak,

    /// <summary>Memory bandwidth of the machine.</summary>
    Memory,
}

/// <summary>The command line, with the names and defaults of the peer scripts.</summary>
internal sealed record Arguments
{
    public const string Usage =
        """
        PeerComparison --data NAME --k K [--beta 1] [--dtype f32|f64] [--threads 1] [--iters 200] [--budget 30]
                       [--solver auto] [--seed 1] [--tag TEXT] [--warms-up]
        PeerComparison --transform --data NAME --k K [--iters 50] [--rows 10000] [--row-nnz COUNT] ...
        PeerComparison --growth [--out FOLDER] [--threads 1]
        PeerComparison --fma-peak | --stream-triad [--threads 1]
        """;

    public Mode Mode { get; private init; }

    /// <summary>Name of a folder in the data directory.</summary>
    public string Data { get; private init; } = "";

    public int Rank { get; private init; }

    public double Beta { get; private init; } = BetaDivergence.KullbackLeibler;

    public string Type { get; private init; } = "f32";

    public int Threads { get; private init; } = 1;

    /// <summary>Most iterations.</summary>
    public int Iterations { get; private init; } = 200;

    /// <summary>Most seconds of fitting, looked at between chunks of iterations.</summary>
    public double Budget { get; private init; } = 30;

    public NmfSolver Solver { get; private init; }

    public int Seed { get; private init; } = 1;

    /// <summary>Whether the start is improved on a sketch of the data first, as a part of the set-up.</summary>
    public bool WarmsUp { get; private init; }

    public string Tag { get; private init; } = "";

    /// <summary>Rows of the block that --transform solves.</summary>
    public int Rows { get; private init; } = 10_000;

    /// <summary>Single rows of --transform have about this many non-zeros, or any number.</summary>
    public int? RowNonZeros { get; private init; }

    /// <summary>Folder of the picture of --growth, or null for none.</summary>
    public string? Output { get; private init; }

    public bool Single => Type == "f32";

    public string SolverName => Solver.ToString().ToLowerInvariant() + (WarmsUp ? "-sketch" : "");

    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            string Next()
                => inline ?? (++i < args.Count ? args[i] : throw new UsageException($"{name} needs a value.\n{Usage}"));
            parsed = name switch
            {
                "--transform" => parsed with { Mode = Mode.Transform },
                "--growth" => parsed with { Mode = Mode.Growth },
                "--fma-peak" => parsed with { Mode = Mode.FmaPeak },
                "--stream-triad" => parsed with { Mode = Mode.Memory },
                "--data" => parsed with { Data = Next() },
                "--k" => parsed with { Rank = Integer(name, Next()) },
                "--beta" => parsed with { Beta = Real(name, Next()) },
                "--dtype" => parsed with { Type = Next() },
                "--threads" => parsed with { Threads = Integer(name, Next()) },
                "--iters" => parsed with { Iterations = Integer(name, Next()) },
                "--budget" => parsed with { Budget = Real(name, Next()) },
                "--solver" => parsed with { Solver = SolverNamed(Next()) },
                "--warms-up" => parsed with { WarmsUp = true },
                "--seed" => parsed with { Seed = Integer(name, Next()) },
                "--tag" => parsed with { Tag = Next() },
                "--rows" => parsed with { Rows = Integer(name, Next()) },
                "--row-nnz" => parsed with { RowNonZeros = Integer(name, Next()) },
                "--out" => parsed with { Output = Next() },
                _ => throw new UsageException($"There is no argument {name}.\n{Usage}"),
            };
        }

        if (parsed.Type is not ("f32" or "f64"))
            throw new UsageException($"--dtype is f32 or f64, not {parsed.Type}.");
        if (parsed.Mode is Mode.Fit or Mode.Transform && (parsed.Data.Length == 0 || parsed.Rank == 0))
            throw new UsageException($"--data and --k are needed.\n{Usage}");
        return parsed;
    }

    private static int Integer(string name, string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new UsageException($"{name} needs an integer greater than zero, not {text}.");

    private static double Real(string name, string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new UsageException($"{name} needs a number, not {text}.");

    private static NmfSolver SolverNamed(string text)
        => Enum.GetValues<NmfSolver>()
            .Where(solver => solver.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            .Select(solver => (NmfSolver?)solver)
            .FirstOrDefault() ?? throw new UsageException(
                $"There is no solver {text}; there are {string.Join(", ", Enum.GetNames<NmfSolver>())}.");
}
