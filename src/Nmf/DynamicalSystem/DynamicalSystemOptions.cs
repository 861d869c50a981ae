namespace Nmf;

/// <summary>Which of the two objectives in circulation a nonnegative dynamical system minimises.</summary>
public enum DynamicalSystemForm
{
    /// <summary><c>D_IS(V | WH) + Σ α_k d_IS(h_kn | g_kn)</c>, g_n = A h_{n-1}: bounded below.</summary>
    ItakuraSaito,

    /// <summary>
    /// The same and <c>Σ log h_kn</c>: the maximum a posteriori estimate under the Gamma transition densities, with a Jeffreys prior on the first sample. It is not bounded below; the floor of
    /// the activations bounds it, and many of them lie on it: that is its sparsity.
    /// </summary>
    MaximumAPosteriori,
}

/// <summary>What a nonnegative dynamical system fits and how.</summary>
public sealed record DynamicalSystemOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Shape α of the innovations, the same for all components, at least 0: the larger, the closer activations follow <c>A h_{n-1}</c>. 0 leaves them free.</summary>
    public double Shape { get; init; } = 1;

    /// <summary>Shapes α_k of their own, one per component, or null for <see cref="Shape"/>. A component of shape 0 has no dynamics: residual noise.</summary>
    public IReadOnlyList<double>? Shapes { get; init; }

    /// <summary>Which objective.</summary>
    public DynamicalSystemForm Form { get; init; }

    /// <summary>Smallest activation, greater than 0; null for 1e-8 in the maximum a posteriori form, and for as little as the arithmetic needs (1e-18 in float, 1e-140 in double) otherwise.</summary>
    public double? Floor { get; init; }

    /// <summary>Weight λ_W of Σ w, at least 0. The Itakura-Saito form does not need it; the other does not fix the scale of the components without it.</summary>
    public double DictionaryPenalty { get; init; }

    /// <summary>Components whose columns of W and rows of A stay as the start has them, one flag per component; null for none. Such a fit needs a start, and its components keep their order.</summary>
    public IReadOnlyList<bool>? FixedComponents { get; init; }

    /// <summary>Most iterations, at least 0. One iteration updates H, W and A once.</summary>
    public int MaximumIterations { get; init; } = 200;

    /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0 runs all iterations.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>The objective is evaluated every so many iterations, at least 1.</summary>
    public int CheckInterval { get; init; } = 5;

    /// <summary>Number of starts, at least 1; the fit with the lowest objective is kept. Starts are random, a given one comes first.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Inference for new sequences ends when an iteration lowers the objective by less than this fraction of it.</summary>
    public double InferenceTolerance { get; init; } = 1e-5;

    /// <summary>Most iterations of inference for new sequences.</summary>
    public int MaximumInferenceIterations { get; init; } = 200;

    /// <summary>Whether the objective does not change when a component is rescaled.</summary>
    internal bool IsScaleFree => DictionaryPenalty == 0 && Form == DynamicalSystemForm.ItakuraSaito;

    internal bool HasFixedComponents => FixedComponents is not null && FixedComponents.Contains(true);

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Shape >= 0 && double.IsFinite(Shape), nameof(Shape), $"The shape is {Shape}. It must be finite and at least 0.");
        Require(Enum.IsDefined(Form), nameof(Form), $"There is no form {Form}.");
        Require(
            DictionaryPenalty >= 0 && double.IsFinite(DictionaryPenalty), nameof(DictionaryPenalty),
            $"The dictionary penalty is {DictionaryPenalty}. It must be finite and at least 0.");
        Require(Floor is null || (Floor > 0 && double.IsFinite(Floor.Value)), nameof(Floor), $"The floor is {Floor}. It must be finite and greater than 0.");
        Require(Shapes is null || Shapes.Count == Rank, nameof(Shapes), $"There are {Shapes?.Count} shapes, but the rank is {Rank}.");
        for (var k = 0; Shapes is not null && k < Shapes.Count; k++)
            Require(Shapes[k] >= 0 && double.IsFinite(Shapes[k]), nameof(Shapes), $"The shape of component {k} is {Shapes[k]}. It must be finite and at least 0.");
        Require(
            FixedComponents is null || FixedComponents.Count == Rank, nameof(FixedComponents),
            $"There are {FixedComponents?.Count} flags of fixed components, but the rank is {Rank}.");
        ToLoopOptions().Validate();
    }

    internal double[] EffectiveShapes() => Shapes is null ? [.. Enumerable.Repeat(Shape, Rank)] : [.. Shapes];

    internal NmfOptions ToLoopOptions() => new()
    {
        Rank = Rank,
        Beta = BetaDivergence.ItakuraSaito,
        Initialization = NmfInitialization.Random,
        MaximumIterations = MaximumIterations,
        Tolerance = Tolerance,
        CheckInterval = CheckInterval,
        Starts = Starts,
        Seed = Seed,
        Threads = Threads,
        InferenceTolerance = InferenceTolerance,
        MaximumInferenceIterations = MaximumInferenceIterations,
    };

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}
