using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What the options of all estimators of vector columns have in common. They are checked and copied when an
/// estimator is created.</summary>
public abstract class NmfFitOptions
{
    private protected NmfFitOptions()
    {
    }

    /// <summary>Name of the output column. Required.</summary>
    public string OutputColumnName { get; set; } = "";

    /// <summary>Name of the column to factorise; null for <see cref="OutputColumnName"/>.</summary>
    public string? InputColumnName { get; set; }

    /// <summary>What Transform does when slots of the input column have other names than in the fit; clips of sound
    /// have none. Stored with the model.</summary>
    public NameMismatch NameMismatch { get; set; }

    /// <summary>
    /// Down to minus this, a value of the input column is taken for 0, in Fit and in Transform: what rounding leaves,
    /// such as -1e-8 after a scaling. At least 0; 0, the default, makes every negative value an error. Not for clips of
    /// sound. Stored with the model.
    /// </summary>
    public float NegativeTolerance { get; set; }

    /// <summary>Number of components K, greater than zero.</summary>
    public int Rank { get; set; } = 10;

    /// <summary>How far Transform solves a row.</summary>
    public InferenceOptions Inference { get; set; } = new();

    /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/> when the
    /// estimator is created.</summary>
    public int? Seed { get; set; }

    /// <summary>Number of threads of the fit, or null for one per processor. The result does
    /// not depend on it.</summary>
    public int? Threads { get; set; }

    /// <summary>
    /// A file in which the state of the fit is saved at intervals, or null. A fit that finds a file there goes on from
    /// it, with the bits of an uninterrupted one, and one that ends deletes it. Data and options must be the same,
    /// but for the number of iterations, the tolerance and the limit of time; the rows are read again. The label is the
    /// estimator's.
    /// </summary>
    public NmfCheckpoint? Checkpoint { get; set; }

    /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
    public CancellationToken CancellationToken { get; set; }

    internal string EffectiveInputColumnName => InputColumnName ?? OutputColumnName;

    /// <summary>The output columns besides the first: names, or null for none, and what they are.</summary>
    private protected virtual IEnumerable<(string Option, string? Name, string What)> FurtherOutputs => [];

    /// <summary>The other columns that are read.</summary>
    private protected virtual IEnumerable<(string Option, string? Name, string What)> FurtherInputs => [];

    /// <summary>What an estimator begins with.</summary>
    internal static IHost Register(IHostEnvironment environment, string name, NmfFitOptions options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        var host = environment.Register(name);
        host.CheckValue(options, nameof(options));
        return host;
    }

    /// <summary>A checked copy, and the seed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal static (TOptions Options, int Seed) Freeze<TOptions>(IHost host, TOptions options)
        where TOptions : NmfFitOptions
    {
        options.CheckNames(host);
        host.CheckUserArg(
            Enum.IsDefined(options.NameMismatch), nameof(NameMismatch),
            $"There is no reaction {options.NameMismatch} to other names.");
        host.CheckUserArg(
            options.NegativeTolerance is >= 0 and <= float.MaxValue, nameof(NegativeTolerance),
            "The tolerance of negative values must be finite and at least 0.");
        options.Check(host);
        UserErrors.Mark(host, options.ValidateCore);
        UserErrors.Mark(host, () => options.Checkpoint?.Validate());
        var copy = (TOptions)options.MemberwiseClone();
        copy.CopyLists();
        // The host's generator has a state: drawing here, once, makes a second Fit give the same model.
        return (copy, copy.Seed ?? host.Rand.Next());
    }

    /// <summary>Checks what the core does not know of.</summary>
    private protected virtual void Check(IExceptionContext context)
    {
    }

    /// <summary>Has the core check what it will get.</summary>
    private protected abstract void ValidateCore();

    /// <summary>Makes a copy share no list with the options that the user keeps.</summary>
    private protected virtual void CopyLists()
    {
    }

    private void CheckNames(IExceptionContext context)
    {
        context.CheckNonWhiteSpace(OutputColumnName, nameof(OutputColumnName));
        foreach (var (option, name, what) in FurtherOutputs.Concat(FurtherInputs)
            .Append((nameof(InputColumnName), InputColumnName, "input column")))
        {
            context.CheckUserArg(
                name is null || !string.IsNullOrWhiteSpace(name), option, $"The name of the {what} must not be empty.");
        }
        var taken = new HashSet<string>(StringComparer.Ordinal) { OutputColumnName };
        foreach (var (option, name, what) in FurtherOutputs)
            context.CheckUserArg(
                name is null || taken.Add(name), option,
                $"The {what} must have another name than the other output columns.");
    }
}
