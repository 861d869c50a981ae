using System.Numerics;

namespace Nmf.Audio;

/// <summary>What a model of several channels fits and how.</summary>
public sealed record MultichannelOptions
{
    internal const int MostSources = 32;
    internal const int MostChannels = 32;
    internal const int MostComponents = 1 << 12;

    /// <summary>Number of sources J, 1 to 32. There may be more of them than channels.</summary>
    public int Sources { get; init; } = 2;

    /// <summary>Components of every source, at least 1.</summary>
    public int ComponentsPerSource { get; init; } = 4;

    /// <summary>Components of each source, where they differ; null for
    /// <see cref="ComponentsPerSource"/>. A source with a <see cref="SourceModels"/> has as many as that.</summary>
    public IReadOnlyList<int>? Components { get; init; }

    /// <summary>How the sources are mixed.</summary>
    public MixingKind Mixing { get; init; }

    /// <summary>What is minimised.</summary>
    public MultichannelMethod Method { get; init; } = new ExpectationMaximization();

    /// <summary>When to stop. The tolerance of <see cref="ExpectationMaximization"/> is what the logarithm of the
    /// likelihood gains in an iteration for each coefficient.</summary>
    public IterationOptions Iterations { get; init; } = new();

    /// <summary>Number of starts, of which the one with the best objective is kept: first that which is given or found
    /// blind, then random ones.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of random starts; null for 0.</summary>
    public int? Seed { get; init; }

    /// <summary>Number of threads; null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>When each source is heard; null where nothing is known.</summary>
    public ActivityTable? Activity { get; init; }

    /// <summary>Of every source what is known of it, whose spectra then stay as they are; null for sources of which
    /// nothing is known.</summary>
    public IReadOnlyList<SourceModel?>? SourceModels { get; init; }

    /// <summary>Of every source its gains in the channels, where they are known and stay, at all frequencies; null
    /// elsewhere. With instantaneous mixing they must be real. Their length does not matter.</summary>
    public IReadOnlyList<IReadOnlyList<Complex>?>? Directions { get; init; }

    internal int[] Offsets()
    {
        var offsets = new int[Sources + 1];
        for (var j = 0; j < Sources; j++)
            offsets[j + 1] = offsets[j] + (ModelOf(j)?.Dictionary.Columns ?? Components?[j] ?? ComponentsPerSource);
        return offsets;
    }

    internal SourceModel? ModelOf(int source) => SourceModels?[source];

    internal KnownParts Known() => new(
        [.. Enumerable.Range(0, Sources).Select(j => Directions?[j] is not null)],
        [.. Enumerable.Range(0, Sources).Select(j => ModelOf(j) is not null)]);

    internal void Validate()
    {
        Option.Require(
            Sources is > 0 and <= MostSources, nameof(Sources),
            $"There are {Sources} sources. Their number must be between 1 and {MostSources}.");
        RequireOneEach(Components, nameof(Components), "numbers of components");
        RequireOneEach(SourceModels, nameof(SourceModels), "source models");
        RequireOneEach(Directions, nameof(Directions), "directions");
        for (var j = 0; j < Sources; j++)
        {
            var count = ModelOf(j)?.Dictionary.Columns ?? Components?[j] ?? ComponentsPerSource;
            Option.Require(
                count is > 0 and <= MostComponents,
                Components is null ? nameof(ComponentsPerSource) : nameof(Components),
                $"Source {j} has {count} components. Their number must be between 1 and {MostComponents}.");
        }

        Option.Require(Enum.IsDefined(Mixing), nameof(Mixing), $"There is no mixing {Mixing}.");
        Option.Given(Method).Validate();
        Option.Given(Iterations).Validate();
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
    }

    /// <summary>What has to fit the mixture.</summary>
    internal void RequireFit(MultichannelSpectrogram mixture)
    {
        Option.Require(
            mixture.Channels.Count is > 1 and <= MostChannels, nameof(mixture),
            $"The recording has {mixture.Channels.Count} channels; 2 to {MostChannels} are needed. "
            + "One channel is for SourceModel or NmfFactorizer.");
        Method.RequireFit(this, mixture.Channels.Count);
        for (var j = 0; j < Sources; j++)
        {
            if (ModelOf(j) is { } model)
            {
                Option.Require(
                    model.Options.Stft.Explicit == mixture.Stft.Options.Explicit
                    && model.SampleRate == mixture.SampleRate,
                    nameof(SourceModels),
                    $"The model of source {j} was learnt with another transform or at another sample rate "
                    + "than the mixture has.");
            }

            if (Directions?[j] is not { } gains)
                continue;
            Option.Require(
                gains.Count == mixture.Channels.Count && gains.All(Complex.IsFinite) && gains.Any(gain => gain != 0)
                && (Mixing == MixingKind.Convolutive || gains.All(gain => gain.Imaginary == 0)), nameof(Directions),
                $"The direction of source {j} must have a gain for each of the {mixture.Channels.Count} "
                + "channels, finite, not all zero, and real where the mixing is instantaneous.");
        }

        Activity?.RequireFit(Sources, mixture);
    }

    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts);
        return facts.Add("components", string.Join(' ', Offsets().Select(
                offset => $"{offset}")))
            .Add(nameof(Mixing), Mixing.ToString()).Add(nameof(Method), Method.Describe())
            .Add(nameof(Starts), Starts).Add(nameof(Seed), Seed ?? 0).Add(nameof(Activity), Activity?.ToString() ?? "")
            .Add(nameof(Directions), string.Join(';', (Directions ?? []).Select(gains => string.Join(
                ' ', (gains ?? []).Select(gain => $"{gain.Real:R},{gain.Imaginary:R}")))))
            .Add(nameof(SourceModels), string.Join(';', (SourceModels ?? []).Select(
                model => model is null ? "" : CheckpointFacts.MarkOf(model.Dictionary))));
    }

    private void RequireOneEach<T>(IReadOnlyList<T>? values, string name, string what)
        => Option.Require(
            values is null || values.Count == Sources, name,
            $"There are {values?.Count} {what} for {Sources} sources.");
}
