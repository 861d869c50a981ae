namespace Nmf.Distributed;

/// <summary>Where a fit is.</summary>
public enum FitState
{
    /// <summary>Nobody has started it, or it was forgotten.</summary>
    Unknown,

    /// <summary>It runs, or waits to go on.</summary>
    Running,

    /// <summary>The model is there.</summary>
    Completed,

    /// <summary>It was cancelled. Starting it again goes on from its last checkpoint.</summary>
    Cancelled,

    /// <summary>It was given up; the message says why.</summary>
    Failed,
}

/// <summary>How a fit goes.</summary>
public sealed class DistributedFitStatus
{
    internal DistributedFitStatus(
        FitState state, int iteration, double objective, int failures, string message, int shards, int pass,
        long samples, int reloaded)
        => (State, Iteration, Objective, Failures, Message, Shards, Pass, Samples, ReloadedShards) = (
            state, iteration, objective, failures, message, shards, pass, samples, reloaded);

    /// <summary>Where it is.</summary>
    public FitState State { get; }

    /// <summary>The last iteration whose objective is known; of a stream, the rounds learnt, in all passes.</summary>
    public int Iteration { get; }

    /// <summary>That objective, in the unit of the data; of a stream, the cost of its pass so far per sample and
    /// feature (<see cref="OnlineFitProgress.AverageCost"/>). NaN before the first.</summary>
    public double Objective { get; }

    /// <summary>How often it has begun again from a checkpoint, or from its start.</summary>
    public int Failures { get; }

    /// <summary>Why it failed, or what went wrong last.</summary>
    public string Message { get; }

    /// <summary>Number of shards or parts, or 0 where it is not known yet.</summary>
    public int Shards { get; }

    /// <summary>Of a stream, which pass is running, from 1; else 0.</summary>
    public int Pass { get; }

    /// <summary>Of a stream, the samples of all parts learnt in this pass.</summary>
    public long Samples { get; }

    /// <summary>How many of them do not fit into the memory of their silos (<see
    /// cref="ShardingOptions.MostDataBytes"/>) and are loaded anew for every request, which takes the time of that.
    /// </summary>
    public int ReloadedShards { get; }
}
