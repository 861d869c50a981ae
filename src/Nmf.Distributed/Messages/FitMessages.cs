namespace Nmf.Distributed.Messages;

/// <summary>How a fit goes.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record FitStatusMessage(
    [property: Id(0)] FitState State, [property: Id(1)] int Iteration, [property: Id(2)] double Objective,
    [property: Id(3)] int Failures, [property: Id(4)] string Message, [property: Id(5)] int Shards,
    [property: Id(6)] ShardFaultKind Kind);

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
}
