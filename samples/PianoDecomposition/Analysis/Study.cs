using System.Diagnostics;
using Nmf;
using Nmf.Audio;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Analysis;

/// <summary>What one start of a method ended with.</summary>
/// <param name="Seed">Seed of the start.</param>
/// <param name="Objective">Divergence per entry of the spectrogram.</param>
/// <param name="Components">What the components are.</param>
/// <param name="Quality">Mean SI-SDR of the notes in dB, where their tracks are known.</param>
internal sealed record Trial(int Seed, double Objective, IReadOnlyList<Component> Components, double? Quality)
{
    public int Count(ComponentKind kind) => Components.Count(c => c.Kind == kind);

    /// <summary>How many of the notes are the pitch of a component.</summary>
    public int Found(IReadOnlyList<int> notes)
        => notes.Count(note => Components.Any(c => c.Kind == ComponentKind.Note && c.Pitch.Note == note));
}

/// <summary>Several starts of one method, and the model of the one with the lowest objective.</summary>
internal sealed class Study
{
    private Study(Method method, IReadOnlyList<Trial> trials, NmfModel<float> model, TimeSpan elapsed)
    {
        (Method, Trials, Model, Elapsed) = (method, trials, model, elapsed);
        Best = trials.MinBy(t => t.Objective)!;
    }

    public Method Method { get; }

    public IReadOnlyList<Trial> Trials { get; }

    public Trial Best { get; }

    public NmfModel<float> Model { get; }

    public TimeSpan Elapsed { get; }

    public static Study Run(Method method, Piece piece, Spectrogram spectrogram, CommandLine options)
    {
        var start = Stopwatch.GetTimestamp();
        var data = method.Data(spectrogram);
        var trials = new List<Trial>();
        NmfModel<float>? best = null;
        for (var seed = 1; seed <= options.Seeds; seed++)
        {
            var model = NmfFactorizer.Fit(data, method.Options(options.Components, options.Iterations, seed));
            var components = Components.Describe(
                model, method.IsPower, spectrogram.Stft.Frequency(1, piece.SampleRate));
            trials.Add(new Trial(
                seed, model.Objective / data.StoredEntries, components,
                Quality(model, components, piece, spectrogram)));
            if (best is null || model.Objective < best.Objective)
                (best, model) = (model, best);
        }

        return new Study(method, trials, best!, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The signal of every component of the best model.</summary>
    public IEnumerable<float[]> Signals(Spectrogram spectrogram)
    {
        var filter = new WienerFilter(Model.Dictionary);
        for (var k = 0; k < filter.Rank; k++)
            yield return filter.Signal(spectrogram, Model.Activations, k);
    }

    private static double? Quality(NmfModel<float> model, Component[] components, Piece piece, Spectrogram spectrogram)
    {
        if (piece.Tracks.Count == 0)
            return null;
        var filter = new WienerFilter(model.Dictionary);
        double sum = 0;
        for (var i = 0; i < piece.Notes.Count; i++)
        {
            int[] group = [.. components.Where(c => c.Kind == ComponentKind.Note && c.Pitch.Note == piece.Notes[i])
                .Select(c => c.Index)];

            // A note without a component is as bad as the whole mixture would be.
            var estimate = group.Length == 0 ? piece.Samples : filter.Signal(spectrogram, model.Activations, group);
            sum += SiSdr.Evaluate(piece.Tracks[i], estimate);
        }

        return sum / piece.Notes.Count;
    }
}
