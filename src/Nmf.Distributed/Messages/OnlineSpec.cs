using Nmf.Kernels;

namespace Nmf.Distributed.Messages;

/// <summary>What a fit to a stream has beside rank, divergence, seed, scale and inference.</summary>
[GenerateSerializer]
internal sealed class OnlineSpec
{
    [Id(0)] public OnlineUpdate Update { get; set; }

    [Id(1)] public double Forgetting { get; set; }

    [Id(2)] public long? ForgettingPeriod { get; set; }

    [Id(3)] public int InnerIterations { get; set; }

    [Id(4)] public double InnerTolerance { get; set; }

    [Id(5)] public int BatchSize { get; set; }

    [Id(6)] public double? StartWeight { get; set; }

    [Id(7)] public NmfInitialization Initialization { get; set; }

    /// <summary>Number of parts, or null for as many as the source has.</summary>
    [Id(8)] public int? Parts { get; set; }

    /// <summary>A fit of a source.</summary>
    /// <exception cref="ArgumentException">An option is out of range or does not go with silos, or the dictionary does
    /// not go with it; the message names it.</exception>
    public static FitSpec Of(
        string source, string address, OnlineNmfOptions options, int? parts, Matrix<float>? dictionary = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Threads is not null)
        {
            throw new ArgumentException(
                "The threads of a distributed fit are those of its silos (ShardingOptions.Threads): leave Threads "
                + "null.",
                nameof(options));
        }

        if (parts < 1)
            throw new ArgumentOutOfRangeException(nameof(parts), parts, "A stream has at least one part.");
        if (dictionary is not null)
            OnlineNmf<float>.RequireStart(dictionary, options);
        return new FitSpec
        {
            Source = source,
            Address = address,
            Rank = options.Rank,
            Beta = options.Beta,
            Seed = options.Seed,
            MaximumIterations = options.Passes,
            Tolerance = options.Tolerance,
            Scale = options.Scale,
            InferenceTolerance = options.Inference.Tolerance,
            InferenceIterations = options.Inference.MaximumIterations,
            Start = dictionary is null ? "" : CheckpointFacts.MarkOf(dictionary),
            Online = new OnlineSpec
            {
                Update = options.Learning.Update,
                Forgetting = options.Learning.Forgetting,
                ForgettingPeriod = options.Learning.ForgettingPeriod,
                InnerIterations = options.Learning.InnerIterations,
                InnerTolerance = options.Learning.InnerTolerance,
                BatchSize = options.BatchSize,
                StartWeight = options.StartWeight,
                Initialization = options.Initialization,
                Parts = parts,
            },
        };
    }

    /// <summary>The options again.</summary>
    public OnlineNmfOptions ToOptions(FitSpec spec) => new()
    {
        Rank = spec.Rank,
        Beta = spec.Beta,
        Seed = spec.Seed,
        Passes = spec.MaximumIterations,
        Tolerance = spec.Tolerance,
        Scale = spec.Scale,
        Inference = new() { Tolerance = spec.InferenceTolerance, MaximumIterations = spec.InferenceIterations },
        BatchSize = BatchSize,
        StartWeight = StartWeight,
        Initialization = Initialization,
        Learning = new()
        {
            Update = Update,
            Forgetting = Forgetting,
            ForgettingPeriod = ForgettingPeriod,
            InnerIterations = InnerIterations,
            InnerTolerance = InnerTolerance,
        },
    };
}
