using Nmf.Audio;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;

namespace SoundDefaults;

/// <summary>How far the spectra of a source should be trusted when it is extracted
/// (<see cref="EnhancementOptions.Trust"/>), by what is gained over the mixture.</summary>
internal static class TrustTable
{
    private const int Rank = 64;

    private static readonly double[] Trusts = [0.5, 0.7, 0.85, 1];

    public static void Print(IEnumerable<SoundSet> corpora)
    {
        var table = new Table(["corpus", ">mixtures", ">dB", .. Trusts.Select(
            trust => FormattableString.Invariant($">trust {trust}"))]);
        var all = Trusts.Select(_ => new List<Score>()).ToArray();
        foreach (var sounds in corpora)
        {
            var model = SourceModel.Learn(
                [.. sounds.Training.Select(sound => sound.Clip)], new SourceModelOptions { Rank = Rank });
            foreach (var decibels in new double[] { 0, 5 })
            {
                Mixture[] mixtures = [.. sounds.Test.SelectMany(
                    speech => sounds.Noises.Select(noise => Mixture.Create(speech, noise, decibels)))];
                var gains = mixtures.AsParallel().AsOrdered().Select(mixture => Gains(model, mixture)).ToArray();
                Score[] means = [.. Trusts.Select((_, i) => Score.Mean([.. gains.Select(gain => gain[i])]))];
                for (var i = 0; i < means.Length; i++)
                    all[i].Add(means[i]);
                table.Add([sounds.Title, $"{mixtures.Length}", $"{decibels}", .. means.Select(Text)]);
            }
        }

        table.Add(["mean of the rows", "", "", .. all.Select(scores => Text(Score.Mean(scores)))]);
        Console.WriteLine($"SDR / SI-SDR gained over the mixture in dB, K = {Rank}");
        table.Print();
    }

    private static Score[] Gains(SourceModel model, Mixture mixture)
    {
        var before = Score.Of(mixture, mixture.Noisy.Channels[0]);
        return Array.ConvertAll(Trusts, trust => Score.Of(mixture, model.Enhance(
            mixture.Noisy, new EnhancementOptions { Trust = trust, Threads = 1 }).Source.Channels[0]) - before);
    }

    private static string Text(Score score)
        => $"{Format.Figure(score.Distortion, 1)} / {Format.Figure(score.ScaleInvariant, 1)}";
}
