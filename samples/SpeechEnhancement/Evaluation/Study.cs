using SpeechEnhancement.Sound;

namespace SpeechEnhancement.Evaluation;

/// <summary>What a method made of all mixtures of one loudness.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Decibels">Speech over noise in the mixtures.</param>
/// <param name="Scores">One per mixture.</param>
/// <param name="Improvements">The same less those of the mixture itself.</param>
internal sealed record Outcome(
    string Method, double Decibels, IReadOnlyList<Score> Scores, IReadOnlyList<Score> Improvements);

/// <summary>All methods on all mixtures of the test sounds.</summary>
internal static class Study
{
    /// <summary>Energies of the speech over those of the noise, in dB.</summary>
    public static readonly double[] Ratios = [0, 5];

    /// <summary>Every sound of the test in every noise.</summary>
    public static Mixture[] Mixtures(SoundSet sounds, double decibels)
        => [.. sounds.Test.SelectMany(
            speech => sounds.Noises.Select(noise => Mixture.Create(speech, noise, decibels)))];

    /// <summary>Enhances and scores, mixtures in parallel.</summary>
    public static IReadOnlyList<Outcome> Run(IReadOnlyList<Method> methods, SoundSet sounds)
    {
        var outcomes = new List<Outcome>();
        foreach (var decibels in Ratios)
        {
            var mixtures = Mixtures(sounds, decibels);
            var before = new Score[mixtures.Length];
            Parallel.For(0, mixtures.Length, i => before[i] = Score.Of(mixtures[i], mixtures[i].Noisy.Channels[0]));
            foreach (var method in methods)
            {
                var after = new Score[mixtures.Length];
                Parallel.For(
                    0, mixtures.Length, i => after[i] = Score.Of(mixtures[i], method.Enhance(mixtures[i].Noisy)));
                outcomes.Add(
                    new Outcome(method.Name, decibels, after, [.. after.Select((score, i) => score - before[i])]));
            }
        }

        return outcomes;
    }
}
