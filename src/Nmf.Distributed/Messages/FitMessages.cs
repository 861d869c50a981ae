namespace Nmf.Distributed.Messages;

/// <summary>How a fit goes.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record FitStatusMessage(
    [property: Id(0)] FitState State, [property: Id(1)] int Iteration, [property: Id(2)] double Objective,
    [property: Id(3)] int Failures, [property: Id(4)] string Message, [property: Id(5)] int Shards,
    [property: Id(6)] ShardFaultKind Kind, [property: Id(7)] int Pass, [property: Id(8)] long Samples,
    [property: Id(9)] int Reloaded);

/// <summary>How far a run is: iteration and objective in the unit of the data, and of a stream pass and samples.
/// </summary>
internal readonly record struct FitProgressPoint(int Iteration, double Objective, int Pass = 0, long Samples = 0);

/// <summary>What is stored of a fit.</summary>
[GenerateSerializer]
internal sealed class FitRecord
{
    [Id(0)] public FitSpec? Spec { get; set; }

    [Id(1)] public FitState State { get; set; }

    [Id(2)] public long Run { get; set; }

    [Id(3)] public int Shards { get; set; }

    /// <summary>The newest checkpoint, or -1.</summary>
    [Id(4)] public int Slot { get; set; } = -1;

    [Id(5)] public int Iteration { get; set; }

    [Id(6)] public int[] Iterations { get; set; } = [];

    [Id(7)] public double[] Objectives { get; set; } = [];

    [Id(8)] public long[] Ticks { get; set; } = [];

    [Id(9)] public int Failures { get; set; }

    [Id(10)] public string Message { get; set; } = "";

    [Id(11)] public FitResult? Result { get; set; }

    [Id(12)] public ShardFaultKind Kind { get; set; }

    /// <summary>Marks of the data of the shards with which the fit began, or none before they were loaded.</summary>
    [Id(13)] public string[] Marks { get; set; } = [];

    /// <summary>The first run: data that were loaded for an earlier one are loaded again.</summary>
    [Id(14)] public long Since { get; set; }

    /// <summary>Of a stream in parts that are made of shards, how many shards there are.</summary>
    [Id(15)] public int SourceShards { get; set; }

    [Id(16)] public int Pass { get; set; }

    [Id(17)] public long Samples { get; set; }

    /// <summary>Of a stream, the features of its batches.</summary>
    [Id(18)] public int Features { get; set; }

    /// <summary>How many shards do not stay in memory.</summary>
    [Id(19)] public int Reloaded { get; set; }

    /// <summary>The processor of the silo on which the fit began, as far as bits depend on it.</summary>
    [Id(20)] public string Processor { get; set; } = "";

    /// <summary>Whether some of the shards were sparse and others dense, which are made sparse.</summary>
    [Id(21)] public bool MakesSparse { get; set; }

    /// <summary>Another record with the same content.</summary>
    public FitRecord Copy() => (FitRecord)MemberwiseClone();
}

/// <summary>A model without its dictionary, and the report of its fit.</summary>
[GenerateSerializer]
internal sealed class FitResult
{
    [Id(0)] public FitSpec Spec { get; set; } = new();

    [Id(1)] public int[] Sizes { get; set; } = [];

    [Id(2)] public int Features { get; set; }

    [Id(3)] public int Components { get; set; }

    [Id(4)] public double Objective { get; set; }

    [Id(5)] public double ExplainedPart { get; set; }

    [Id(6)] public double[] Contributions { get; set; } = [];

    [Id(7)] public RowPenaltyMessage? Penalty { get; set; }

    [Id(8)] public int Unsolved { get; set; }

    [Id(9)] public NmfSolver Solver { get; set; }

    [Id(10)] public int[] Iterations { get; set; } = [];

    [Id(11)] public double[] Objectives { get; set; } = [];

    [Id(12)] public long[] Ticks { get; set; } = [];

    [Id(13)] public StopReason StopReason { get; set; }

    /// <summary>Shape, scale and weight of the prior of relevances; or none.</summary>
    [Id(14)] public double[] Prior { get; set; } = [];

    [Id(15)] public double[] Relevances { get; set; } = [];

    [Id(16)] public double[] SortedRelevances { get; set; } = [];

    /// <summary>That of a stream.</summary>
    public static FitResult Of(FitSpec spec, NmfModel<float> model) => new()
    {
        Spec = spec,
        Features = model.Dictionary.Rows,
        Components = model.Dictionary.Columns,
        Objective = model.Objective,
        ExplainedPart = model.ExplainedPart,
        Contributions = [.. model.Contributions],
        Iterations = [.. model.Report.History.Select(point => point.Iteration)],
        Objectives = [.. model.Report.History.Select(point => point.Objective)],
        Ticks = [.. model.Report.History.Select(point => point.Elapsed.Ticks)],
        StopReason = model.Report.StopReason,
    };
}
