namespace Nmf;

/// <summary>
/// What <see cref="BestOfStarts{TModel, TResult}"/> asks of a fit: its starts, the stages of each, and
/// the models that run them.
/// </summary>
/// <typeparam name="TModel">What is improved.</typeparam>
/// <typeparam name="TResult">What is kept of a model that has ended.</typeparam>
internal abstract class FitPlan<TModel, TResult>
    where TModel : class, IIterativeModel
{
    /// <summary>Number of starts.</summary>
    public abstract int Starts { get; }

    /// <summary>Number of stages before the fit itself, which is the stage with this number.</summary>
    public virtual int Stages => 0;

    /// <summary>When a stage ends.</summary>
    public abstract IterationOptions Iterations(int stage);

    /// <summary>β of the objective of a stage, for the progress; NaN where there is none.</summary>
    public virtual double Beta(int stage) => double.NaN;

    /// <summary>An objective of a stage in the unit of the data, where the fit has another.</summary>
    public virtual double Objective(int stage, double objective) => objective;

    /// <summary>The model of the first stage of a start.</summary>
    public abstract TModel Create(int start);

    /// <summary>The model of a stage that begins where the one before has ended.</summary>
    public virtual TModel Continue(TModel before, int stage)
        => throw new NotSupportedException("The fit has one stage.");

    /// <summary>A model of a stage whose state is about to be loaded.</summary>
    public abstract TModel CreateEmpty(int stage);

    /// <summary>What is kept of a model that has ended; its scratch memory is not.</summary>
    public abstract TResult Result(TModel model);
}
