using Nmf.Audio;

namespace SpeechEnhancement.Evaluation;

/// <summary>Settings of the two factorisations. They were chosen with <c>--validation</c>: without the test speaker and without the helicopters of the test.</summary>
internal sealed record Settings
{
    public SourceModelOptions PlainModel { get; init; } = new();

    public SourceModelOptions DynamicalModel { get; init; } = new() { TransitionShape = 0.1 };

    public EnhancementOptions PlainEnhancement { get; init; } = new() { NoiseRank = 4, InitialShare = 0.01 };

    public EnhancementOptions DynamicalEnhancement { get; init; } = new();
}
