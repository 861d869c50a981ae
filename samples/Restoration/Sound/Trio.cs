namespace Restoration.Sound;

/// <summary>A little piece for three notes, one of each instrument, and what an old recording adds to it.</summary>
internal static class Trio
{
    private const double Seconds = 12.5;
    private const double Peak = 0.5;

    // Root mean square of the noise, relative to that of the music.
    private const double NoiseLevel = 0.1;

    // When each instrument plays, in seconds: often two at a time, now and then all three, sometimes one alone.
    private static readonly double[] Violin = [0.0, 2.6, 5.0, 7.4, 10.0];
    private static readonly double[] Trumpet = [1.2, 3.8, 5.0, 6.4, 9.0, 10.6];
    private static readonly double[] Vibraphone = [0.6, 1.9, 3.2, 4.4, 5.0, 6.9, 8.1, 8.6, 9.6, 11.2];

    /// <summary>Plays the piece.</summary>
    /// <param name="title">Title of the recording.</param>
    /// <param name="sampleRate">Sample rate of the notes.</param>
    /// <param name="violin">One note.</param>
    /// <param name="trumpet">One note.</param>
    /// <param name="vibraphone">One note.</param>
    public static Recording Play(string title, int sampleRate, float[] violin, float[] trumpet, float[] vibraphone)
    {
        var length = (int)(Seconds * sampleRate);
        Track[] music =
        [
            new("violin", Repeat(violin, Violin, 1.0)),
            new("trumpet", Repeat(trumpet, Trumpet, 0.8)),
            new("vibraphone", Repeat(vibraphone, Vibraphone, 0.7)),
        ];
        var sum = new double[length];
        foreach (var track in music)
        {
            for (var t = 0; t < length; t++)
                sum[t] += track.Samples[t];
        }

        var noise = OldRecord.Noise(length, sampleRate, NoiseLevel * Math.Sqrt(sum.Sum(x => x * x) / length));
        Track[] tracks = [.. music, new("noise of the record", noise)];
        var mixture = sum.Select((x, t) => x + noise[t]).ToArray();
        var scale = Peak / mixture.Max(Math.Abs);
        return new Recording(title, sampleRate, [.. mixture.Select(x => (float)(scale * x))], [.. tracks.Select(
            track => track with { Samples = Array.ConvertAll(track.Samples, x => (float)(scale * x)) })]);

        // The same loudness for all instruments, then their level.
        float[] Repeat(float[] note, double[] onsets, double level)
        {
            var gain = level / Math.Sqrt(note.Sum(x => (double)x * x) / note.Length);
            var samples = new float[length];
            foreach (var onset in onsets)
            {
                var start = (int)(onset * sampleRate);
                for (var t = 0; t < note.Length && start + t < length; t++)
                    samples[start + t] += (float)(gain * note[t]);
            }

            return samples;
        }
    }
}
