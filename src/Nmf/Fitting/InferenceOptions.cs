namespace Nmf;

/// <summary>How far activations are solved for a dictionary that is given.</summary>
public sealed record InferenceOptions
{
    // More would keep a process busy with one row: a number that a damaged file may have.
    internal const int MostIterations = 1_000_000;

    /// <summary>
    /// How far an activation may be from its optimum, relative to the largest activation of its row, greater than
    /// zero. Models of sequences, which solve all samples together, end when an iteration lowers the objective by less
    /// than this fraction of it.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Most iterations, for one row or for all samples of sequences, from 1 to a million.</summary>
    public int MaximumIterations { get; init; } = 1000;

    internal void Validate()
    {
        Option.RequirePositive(Tolerance, "inference tolerance");
        Option.RequirePositive(MaximumIterations, "maximum number of inference iterations");
        Option.Require(
            MaximumIterations <= MostIterations, nameof(MaximumIterations),
            "The maximum number of inference iterations must not be above a million.");
    }

    internal void AddTo(CheckpointFacts facts) => facts
        .Add("InferenceTolerance", Tolerance)
        .Add("MaximumInferenceIterations", MaximumIterations);
}
