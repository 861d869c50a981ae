using Nmf.Audio;

namespace SpeechEnhancement.Evaluation;

/// <summary>
/// Settings of the two factorisations, beside the defaults of the library. Both were chosen with <c>--validation</c>:
/// without the test speaker and without the helicopters of the test.
/// </summary>
internal sealed record Settings
{
    public Settings(int seed)
    {
        PlainModel = new SourceModelOptions { Rank = 128, Seed = seed };
        DynamicalModel = PlainModel with { TransitionShape = 0.1 };

        // One thread each: mixtures are enhanced in parallel.
        Enhancement = new EnhancementOptions { Threads = 1, Seed = seed };
    }

    /// <summary>Speeds in percent at which the training recordings are played, for more voices
    /// than there are.</summary>
    public IReadOnlyList<int> Speeds { get; init; } = [85, 100, 118];

    public SourceModelOptions PlainModel { get; }

    public SourceModelOptions DynamicalModel { get; }

    public EnhancementOptions Enhancement { get; }
}
