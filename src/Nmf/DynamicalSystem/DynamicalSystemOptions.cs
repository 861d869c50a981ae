namespace Nmf;

/// <summary>Which of the two objectives in circulation a nonnegative dynamical system minimises.</summary>
public enum DynamicalSystemForm
{
    /// <summary><c>D_IS(V | WH) + Σ α_k d_IS(h_kn | g_kn)</c>, g_n = A h_{n-1}: bounded below.</summary>
    ItakuraSaito,

    /// <summary>
    /// The same and <c>Σ log h_kn</c>: the maximum a posteriori estimate under the Gamma transition densities, with a
    /// Jeffreys prior on the first sample. It is not bounded below; the floor of the activations bounds it, and many of
    /// them lie on it: that is its sparsity.
    /// </summary>
    MaximumAPosteriori,
}

/// <summary>What a nonnegative dynamical system fits and how.</summary>
public sealed record DynamicalSystemOptions : SequenceNmfOptions
{
    /// <summary>Shape α of the innovations, the same for all components, at least 0: the larger, the closer activations
    /// follow <c>A h_{n-1}</c>. 0 leaves them free.</summary>
    public double Shape { get; init; } = 1;

    /// <summary>Shapes α_k of their own, one per component, or null for <see cref="Shape"/>. A component of shape 0 has
    /// no dynamics: residual noise.</summary>
    public IReadOnlyList<double>? Shapes { get; init; }

    /// <summary>Which objective.</summary>
    public DynamicalSystemForm Form { get; init; }

    /// <summary>Smallest activation, greater than 0; null for 1e-8 in the maximum a posteriori form, and for as little
    /// as the arithmetic needs (1e-18 in float, 1e-140 in double) otherwise, both relative to the data (docs/math.md,
    /// "Units and floors").</summary>
    public double? Floor { get; init; }

    /// <summary>Weight λ_W of Σ w, at least 0. The Itakura-Saito form does not need it; the other does not fix the
    /// scale of the components without it.</summary>
    public double DictionaryPenalty { get; init; }

    /// <summary>Whether the objective does not change when a component is rescaled.</summary>
    internal bool IsScaleFree => DictionaryPenalty == 0 && Form == DynamicalSystemForm.ItakuraSaito;

    /// <inheritdoc/>
    internal override void Validate()
    {
        RequireWeights(Shape, nameof(Shape), Shapes, nameof(Shapes), "shape");
        Option.Require(Enum.IsDefined(Form), nameof(Form), $"There is no form {Form}.");
        Option.Require(
            DictionaryPenalty >= 0 && double.IsFinite(DictionaryPenalty), nameof(DictionaryPenalty),
            $"The dictionary penalty is {DictionaryPenalty}. It must be finite and at least 0.");
        Option.Require(
            Floor is null || (Floor > 0 && double.IsFinite(Floor.Value)), nameof(Floor),
            $"The floor is {Floor}. It must be finite and greater than 0.");
        base.Validate();
        Option.Require(
            Known is null || Known.HasTransitions, nameof(Known),
            "The transitions between the known components are missing: "
            + "make them from a dictionary and its transitions.");
    }

    internal override bool SeesRatiosOfFeatures => DictionaryPenalty == 0;

    internal override SequenceNmfOptions InUnit(FitUnit unit)
        => (DynamicalSystemOptions)base.InUnit(unit) with
        {
            Floor = Floor * Math.Pow(2, -unit.Activations),
            DictionaryPenalty = DictionaryPenalty * Math.Pow(2, unit.Dictionary),
        };

    // The logarithms of the activations.
    internal override double ConstantOf(FitUnit unit, int samples) => Form != DynamicalSystemForm.MaximumAPosteriori ? 0
        : samples * EffectiveShapes().Count(shape => shape > 0) * unit.Activations * Math.Log(2);

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Shapes), Describe(EffectiveShapes()))
        .Add(nameof(Form), Form.ToString())
        .Add(nameof(Floor), Floor)
        .Add(nameof(DictionaryPenalty), DictionaryPenalty);

    internal double[] EffectiveShapes() => PerComponent(Shapes, Shape);
}
