using Nmf.Audio;
using PianoDecomposition.Sound;

namespace PianoDecomposition.Analysis;

/// <summary>A component as a sound.</summary>
/// <param name="Component">The component.</param>
/// <param name="Deviation">Standard deviation of its samples: how loud it is.</param>
/// <param name="File">Name of its WAV file.</param>
internal sealed record Part(Component Component, double Deviation, string File);

/// <summary>The best model of a method, its components as sounds, the loudest first.</summary>
/// <param name="Study">The starts.</param>
/// <param name="Parts">The components.</param>
/// <param name="GreatestError">Greatest difference between the sum of all sounds and the piece,
/// relative to its peak.</param>
internal sealed record Decomposition(Study Study, IReadOnlyList<Part> Parts, double GreatestError)
{
    /// <summary>Makes the signals one at a time, writes and forgets them.</summary>
    public static Decomposition Create(Study study, Piece piece, Spectrogram spectrogram, string folder)
    {
        var sum = new double[piece.Samples.Length];
        var parts = new List<Part>();
        foreach (var (signal, component) in study.Signals(spectrogram).Zip(study.Best.Components))
        {
            for (var t = 0; t < signal.Length; t++)
                sum[t] += signal[t];
            var name = $"{study.Method.Key}-{component.Index + 1}.wav";
            new AudioClip(piece.SampleRate, signal).Write(Path.Combine(folder, name));
            parts.Add(new Part(component, Math.Sqrt(signal.Sum(x => (double)x * x) / signal.Length), name));
        }

        var error = sum.Select((x, t) => Math.Abs(x - piece.Samples[t])).Max() / piece.Samples.Max(Math.Abs);
        return new Decomposition(study, [.. parts.OrderByDescending(p => p.Deviation)], error);
    }
}
