namespace Nmf;

/// <summary>
/// What <see cref="FitLoop"/> and <see cref="BestOfStarts{TModel, TResult}"/> drive: something with a state that a step
/// improves. Data, factors and their number are the model's business: one matrix and two factors
/// (<see cref="Solver{T}"/>), several matrices, complex channels, a tensor.
/// </summary>
internal interface IIterativeModel
{
    /// <summary>One iteration. Allocates nothing.</summary>
    void Step();

    /// <summary>
    /// The objective of the current state. Where what it computes on the way serves the next
    /// <see cref="Step"/>, it is kept.
    /// </summary>
    double Objective();

    /// <summary>
    /// The answer of a model with a stopping rule of its own, after the objective was evaluated; null for
    /// the rule of the objective.
    /// </summary>
    bool? HasConverged(double tolerance) => null;

    /// <summary>Called between a check of the objective and the next iteration: what may
    /// allocate happens here.</summary>
    void BetweenChecks()
    {
    }

    /// <summary>
    /// Writes everything that the next iteration depends on, but the data and the options. Called right after
    /// <see cref="Objective"/>.
    /// </summary>
    /// <remarks>A model that keeps more than its factors from one iteration to the next adds it, or else derives it
    /// again in <see cref="Load"/>.</remarks>
    void Save(BinaryWriter writer);

    /// <summary>Takes over what <see cref="Save"/> wrote, whatever the model started from: it goes on with
    /// the same bits.</summary>
    void Load(BinaryReader reader);
}
