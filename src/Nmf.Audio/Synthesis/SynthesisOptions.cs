namespace Nmf.Audio;

/// <summary>What is maximised over the coefficients of a time-frequency synthesis.</summary>
public enum SynthesisLikelihood
{
    /// <summary>
    /// The coefficients are integrated out, given the coefficients with their share of the noise, whose synthesis is
    /// the recording: C = Σ |z|²/(y + λ) + log(y + λ), subject to Σ Φz = x. What the coefficients may be otherwise
    /// counts: this is for noise.
    /// </summary>
    Marginal,

    /// <summary>The joint likelihood C = ‖x - ΣΦa‖²/λ + Σ |a|²/y + log y, whose coefficients are sparser: what little
    /// power has loses it all.</summary>
    Joint,
}

/// <summary>One layer of a signal: what a short-time Fourier frame with a nonnegative factorisation of the variances of
/// its coefficients makes. Long frames are for what lasts (tones), short ones for what does not (beats).</summary>
public sealed record SynthesisLayer
{
    internal const int MostComponents = 1 << 12;

    /// <summary>The frame. Its padding must be <see cref="StftPadding.Full"/> and its scaling
    /// <see cref="StftScaling.TightFrame"/>, the defaults.</summary>
    public StftOptions Stft { get; init; } = new();

    /// <summary>Number of components K, at least 1.</summary>
    public int Rank { get; init; } = 20;
}

/// <summary>What a low-rank time-frequency synthesis fits and how.</summary>
public sealed record SynthesisOptions
{
    internal const int MostLayers = 8;

    /// <summary>The layers, 1 to 8.</summary>
    public IReadOnlyList<SynthesisLayer> Layers { get; init; } = [new()];

    /// <summary>The noise beside the layers.</summary>
    public SynthesisNoise Noise { get; init; } = SynthesisNoise.Estimated();

    /// <summary>What is maximised.</summary>
    public SynthesisLikelihood Likelihood { get; init; }

    /// <summary>Whether the coefficients stay what those of the recording are, and only W and H are fitted: the common
    /// factorisation of a spectrogram beside noise and its Wiener filter, to compare with. One layer, and the marginal
    /// likelihood, of coefficients that are taken to be independent.</summary>
    public bool KeepsCoefficients { get; init; }

    /// <summary>When to stop; the tolerance is what the objective gains in an iteration for each coefficient.</summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 80 };

    /// <summary>Number of random starts, of which the one with the best objective is kept.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of the starts.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads; null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal void Validate()
    {
        var layers = Option.Given(Layers);
        Option.Require(
            layers.Count is > 0 and <= MostLayers, nameof(Layers),
            $"There are {layers.Count} layers. Their number must be between 1 and {MostLayers}.");
        for (var j = 0; j < layers.Count; j++)
        {
            var (layer, stft) = (Option.Given(layers[j], nameof(Layers)), Option.Given(layers[j].Stft));
            Option.Require(
                layer.Rank is > 0 and <= SynthesisLayer.MostComponents, nameof(Layers),
                $"The rank of layer {j} must be between 1 and {SynthesisLayer.MostComponents}, not {layer.Rank}.");
            stft.Validate();
            Option.Require(
                stft.Padding == StftPadding.Full && stft.Scaling == StftScaling.TightFrame, nameof(Layers),
                $"The frame of layer {j} must have full padding and the scaling of a tight frame: only that "
                + "restores every signal.");
        }

        Option.Given(Noise);
        Option.Require(Enum.IsDefined(Likelihood), nameof(Likelihood), $"There is no likelihood {Likelihood}.");
        Option.Require(
            !KeepsCoefficients || (layers.Count == 1 && Likelihood == SynthesisLikelihood.Marginal),
            nameof(KeepsCoefficients),
            "Coefficients that are kept are those of one layer, with the marginal likelihood.");
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts);
        return facts.Add(nameof(Layers), string.Join("; ", Layers.Select(
                layer => $"{layer.Stft.Explicit}, {layer.Rank}")))
            .Add(nameof(Noise), Noise.Describe()).Add(nameof(Likelihood), Likelihood.ToString())
            .Add(nameof(KeepsCoefficients), KeepsCoefficients.ToString())
            .Add(nameof(Starts), Starts).Add(nameof(Seed), Seed);
    }
}
