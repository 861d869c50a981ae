using Nmf.Kernels;

namespace Nmf.Distributed.Messages;

/// <summary>How the samples of a shard are stored.</summary>
internal enum ShardStorage
{
    /// <summary>All entries.</summary>
    Dense,

    /// <summary>Those that are not zero.</summary>
    Sparse,

    /// <summary>Those that are not missing.</summary>
    Observed,
}

/// <summary>The facts of a shard, as they are sent.</summary>
[GenerateSerializer]
[Immutable]
internal sealed class ShardFactsMessage
{
    [Id(0)] public int Samples { get; set; }

    [Id(1)] public int Features { get; set; }

    [Id(2)] public double Sum { get; set; }

    [Id(3)] public double SumOfSquares { get; set; }

    [Id(4)] public double Weight { get; set; }

    [Id(5)] public long Observed { get; set; }

    [Id(6)] public long ZeroSample { get; set; }

    [Id(7)] public int ZeroFeature { get; set; }

    [Id(8)] public bool[]? ObservedFeatures { get; set; }

    [Id(9)] public bool HasSampleWeights { get; set; }

    [Id(10)] public bool HasElementWeights { get; set; }

    /// <summary>What the source calls the shard.</summary>
    [Id(11)] public string Name { get; set; } = "";

    /// <summary>A mark of its samples.</summary>
    [Id(12)] public string Mark { get; set; } = "";

    /// <summary>Whether its samples stay in memory between requests.</summary>
    [Id(13)] public bool Stays { get; set; }

    /// <summary>The processor of its silo, as far as bits depend on it.</summary>
    [Id(14)] public string Processor { get; set; } = "";

    /// <summary>How the samples are stored.</summary>
    [Id(15)] public ShardStorage Storage { get; set; }

    /// <summary>The same on a silo.</summary>
    public ShardFactsMessage Here(bool stays, string processor)
    {
        var facts = (ShardFactsMessage)MemberwiseClone();
        (facts.Stays, facts.Processor) = (stays, processor);
        return facts;
    }

    /// <summary>The facts of the shards below two nodes. Which features any of them has observed is said by the first
    /// alone, for all: as many lists as shards would be more than a message takes.</summary>
    public static ShardFactsMessage[] Join(ShardFactsMessage[] first, ShardFactsMessage[] second)
    {
        bool[]? either = first[0].ObservedFeatures is { } a && second[0].ObservedFeatures is { } b
            && a.Length == b.Length ? [.. a.Zip(b, (x, y) => x || y)] : null;
        return [first[0].With(either), .. first[1..], second[0].With(either is null ? null : []), .. second[1..]];
    }

    public static ShardFactsMessage Of(
        ShardFacts facts, string name, string mark, ShardStorage storage = ShardStorage.Dense) => new()
    {
        Samples = facts.Samples,
        Features = facts.Features,
        Sum = facts.Summary.Sum,
        SumOfSquares = facts.Summary.SumOfSquares,
        Weight = facts.Summary.Weight,
        Observed = facts.Summary.Observed,
        ZeroSample = facts.Summary.FirstZero.Sample,
        ZeroFeature = facts.Summary.FirstZero.Feature,
        ObservedFeatures = facts.Summary.ObservedFeatures,
        HasSampleWeights = facts.HasSampleWeights,
        HasElementWeights = facts.HasElementWeights,
        Name = name,
        Mark = mark,
        Storage = storage,
    };

    /// <summary>The facts.</summary>
    /// <param name="first">The first shard of all, which may say what this one has observed.</param>
    public ShardFacts ToFacts(ShardFactsMessage? first = null) => new(
        Samples, Features, new DataSummary
        {
            Sum = Sum,
            SumOfSquares = SumOfSquares,
            Weight = Weight,
            Observed = Observed,
            FirstZero = (ZeroSample, ZeroFeature),
            ObservedFeatures = first is null || ObservedFeatures is null ? ObservedFeatures : first.ObservedFeatures,
        },
        HasSampleWeights, HasElementWeights);

    private ShardFactsMessage With(bool[]? observedFeatures)
    {
        var facts = (ShardFactsMessage)MemberwiseClone();
        facts.ObservedFeatures = observedFeatures;
        return facts;
    }
}

/// <summary>To load data, where they are not loaded yet.</summary>
/// <param name="Run">Number of the run.</param>
/// <param name="Source">The source.</param>
/// <param name="Address">What it understands.</param>
/// <param name="Since">The first run of the fit: data loaded before it are loaded again.</param>
/// <param name="BatchSize">Samples of a batch of a stream, or 0 for a fit of all samples at once.</param>
/// <param name="SourceShards">How many shards the parts of a stream are made of, or 0 where it has parts of its own.
/// </param>
/// <param name="MakesSparse">Whether dense samples are made sparse.</param>
[GenerateSerializer]
[Immutable]
internal sealed record ShardLoad(
    [property: Id(0)] long Run, [property: Id(1)] string Source, [property: Id(2)] string Address,
    [property: Id(3)] long Since, [property: Id(4)] int BatchSize = 0, [property: Id(5)] int SourceShards = 0,
    [property: Id(6)] bool MakesSparse = false);

/// <summary>To begin, or to go on from a checkpoint.</summary>
/// <param name="Run">Number of the run.</param>
/// <param name="Fit">The fit.</param>
/// <param name="Facts">All data; null for a stream.</param>
/// <param name="Firsts">Number of the first sample of every shard.</param>
/// <param name="Slot">The checkpoint, or -1 for the start.</param>
/// <param name="Iteration">The iteration of the checkpoint.</param>
/// <param name="DataExponent">The exponent of the unit of the data.</param>
/// <param name="DictionaryExponent">That of the unit of W.</param>
[GenerateSerializer]
[Immutable]
internal sealed record ShardBegin(
    [property: Id(0)] long Run, [property: Id(1)] FitSpec Fit, [property: Id(2)] ShardFactsMessage? Facts,
    [property: Id(3)] int[] Firsts, [property: Id(4)] int Slot, [property: Id(5)] int Iteration,
    [property: Id(6)] int DataExponent = 0, [property: Id(7)] double DictionaryExponent = 0);

/// <summary>To keep the state in a checkpoint.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record ShardSave(
    [property: Id(0)] long Run, [property: Id(1)] int Slot, [property: Id(2)] int Iteration);

/// <summary>Some rows of a matrix of a request or of an answer.</summary>
/// <param name="Matrix">Which matrix.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="First">The first of those that are here.</param>
/// <param name="Content">These rows.</param>
[GenerateSerializer]
[Immutable]
internal sealed record MatrixPart(
    [property: Id(0)] int Matrix, [property: Id(1)] int Rows, [property: Id(2)] int First,
    [property: Id(3)] MatrixRows Content)
{
    public Matrix<float> Values => Content.Values;

    public bool IsWhole => Values.Rows == Rows;
}

/// <summary>Rows that are sent before the request that needs them, which would be too large with them.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record ShardPut(
    [property: Id(0)] long Run, [property: Id(1)] int Version, [property: Id(2)] MatrixPart Part);

/// <summary>A request.</summary>
[GenerateSerializer]
[Immutable]
internal sealed class ShardAsk
{
    [Id(0)] public long Run { get; init; }

    /// <summary>Number of the request in its run: a shard answers them in order.</summary>
    [Id(1)] public long Number { get; init; }

    [Id(2)] public ShardTask Task { get; init; }

    [Id(3)] public int Version { get; init; }

    [Id(4)] public MatrixPart[] Parts { get; init; } = [];

    [Id(5)] public bool HasPoint { get; init; }

    [Id(6)] public double[] Scale { get; init; } = [];

    [Id(7)] public double Momentum { get; init; }

    [Id(8)] public double[] Numbers { get; init; } = [];

    [Id(9)] public EndingMessage? Ending { get; init; }

    /// <summary>Rows and columns of the matrices of the answer.</summary>
    [Id(10)] public int[] Shapes { get; init; } = [];

    /// <summary>Number of the numbers of the answer.</summary>
    [Id(11)] public int Count { get; init; }

    /// <summary>Most bytes of one message.</summary>
    [Id(12)] public int MostBytes { get; init; }
}

/// <summary>An answer: sums over the shards below.</summary>
/// <param name="Numbers">The numbers.</param>
/// <param name="Parts">The first rows of the matrices; the others are taken one by one.</param>
[GenerateSerializer]
[Immutable]
internal sealed record ShardAnswer(
    [property: Id(0)] double[] Numbers, [property: Id(1)] MatrixPart[] Parts);

/// <summary>How shards end, as it is sent.</summary>
[GenerateSerializer]
[Immutable]
internal sealed class EndingMessage
{
    [Id(0)] public int[] Order { get; set; } = [];

    [Id(1)] public double[] Scale { get; set; } = [];

    [Id(2)] public double Exponent { get; set; }

    [Id(3)] public RowPenaltyMessage? Penalty { get; set; }

    [Id(4)] public bool Infers { get; set; }

    [Id(5)] public double Constant { get; set; }

    [Id(6)] public int DataExponent { get; set; }

    [Id(7)] public double DictionaryExponent { get; set; }

    public static EndingMessage Of(ShardEnding ending) => new()
    {
        Order = ending.Order,
        Scale = ending.Scale,
        Exponent = ending.Exponent,
        Penalty = RowPenaltyMessage.Of(ending.Penalty),
        Infers = ending.Infers,
        Constant = ending.Constant,
        DataExponent = ending.DataExponent,
        DictionaryExponent = ending.DictionaryExponent,
    };

    public ShardEnding ToEnding() => new(
        Order, Scale, Exponent, Penalty?.ToPenalty(), Infers, Constant, DataExponent, DictionaryExponent);
}

/// <summary>What inference adds to the divergence, as it is sent and stored.</summary>
[GenerateSerializer]
[Immutable]
internal sealed class RowPenaltyMessage
{
    [Id(0)] public double[] Linear { get; set; } = [];

    [Id(1)] public double[] Quadratic { get; set; } = [];

    [Id(2)] public int[][] Components { get; set; } = [];

    [Id(3)] public double[][] Scales { get; set; } = [];

    [Id(4)] public double[] Weights { get; set; } = [];

    [Id(5)] public double[] Offsets { get; set; } = [];

    public static RowPenaltyMessage? Of(RowPenalty? penalty) => penalty is null ? null : new()
    {
        Linear = [.. penalty.Linear],
        Quadratic = [.. penalty.Quadratic],
        Components = [.. penalty.Groups.Select(group => group.Components.ToArray())],
        Scales = [.. penalty.Groups.Select(group => group.Scales.ToArray())],
        Weights = [.. penalty.Groups.Select(group => group.Weight)],
        Offsets = [.. penalty.Groups.Select(group => group.Offset)],
    };

    public RowPenalty ToPenalty() => new()
    {
        Linear = Linear,
        Quadratic = Quadratic,
        Groups = [.. Weights.Select((weight, g) => new RowPenaltyGroup(
            Components[g], Scales[g], weight, Offsets[g]))],
    };
}
