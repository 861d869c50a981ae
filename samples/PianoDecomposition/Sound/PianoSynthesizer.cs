namespace PianoDecomposition.Sound;

/// <summary>
/// Plays the score on a simple piano: decaying, slightly inharmonic partials for every note, a knock of noise when
/// hammers strike, a soft low noise when dampers fall, and a little noise all the time, as of a recording. The
/// same samples every time.
/// </summary>
internal static class PianoSynthesizer
{
    /// <summary>Sample rate of the piece, in Hz.</summary>
    public const int SampleRate = 22_050;

    private const double MeasureSeconds = 2.24;
    private const double HeldSeconds = 1.9;
    private const int Partials = 16;
    private const double Inharmonicity = 4e-4;
    private const double ReleaseSeconds = 0.03;
    private const double KnockLevel = 0.06;
    private const double DamperLevel = 0.03;
    private const double NoiseLevel = 1e-4;

    /// <summary>Synthesises the sequence.</summary>
    public static Piece Play()
    {
        var random = new Random(1);
        var measure = (int)(MeasureSeconds * SampleRate);
        var length = Piece.Score.Length * measure;
        var tracks = Piece.ScoreNotes.Select(_ => new float[length]).ToArray();
        var mixture = new double[length];
        for (var m = 0; m < Piece.Score.Length; m++)
        {
            foreach (var note in Piece.Score[m])
            {
                var start = (m * measure) + random.Next(SampleRate / 100);
                AddNote(tracks[Array.IndexOf(Piece.ScoreNotes, note)], start, note, random);
            }

            AddBurst(mixture, m * measure, 0.012, KnockLevel * Math.Sqrt(Piece.Score[m].Length / 2.0), 0.55, random);
            AddBurst(mixture, (m * measure) + (int)(HeldSeconds * SampleRate), 0.09, DamperLevel, 0.93, random);
        }

        for (var t = 0; t < length; t++)
            mixture[t] += tracks.Sum(track => track[t]) + (NoiseLevel * Normal(random));
        var scale = 0.7 / mixture.Max(Math.Abs);
        foreach (var track in tracks)
        {
            for (var t = 0; t < length; t++)
                track[t] = (float)(scale * track[t]);
        }

        var samples = mixture.Select(x => (float)(scale * x)).ToArray();
        return new Piece("A synthesised piano", SampleRate, samples, Piece.ScoreNotes, tracks);
    }

    private static void AddNote(float[] track, int start, int note, Random random)
    {
        var fundamental = Note.Frequency(note);
        for (var p = 1; p <= Partials; p++)
        {
            var frequency = p * fundamental * Math.Sqrt(1 + (Inharmonicity * p * p));
            if (frequency > 0.45 * SampleRate)
                break;

            // The hammer meets the string at a ninth of its length; high partials are weaker and fade sooner.
            var amplitude = Math.Abs(Math.Sin(Math.PI * p / 9)) * Math.Pow(p, -1.1) * Math.Pow(0.86, p);
            var decay = 1.1 / (1 + (0.1 * (p - 1)));
            var phase = 2 * Math.PI * random.NextDouble();
            for (var t = start; t < track.Length; t++)
            {
                var seconds = (t - start) / (double)SampleRate;
                var held = Math.Min(seconds, HeldSeconds);
                var level = amplitude * Math.Exp(-held / decay) * Math.Exp(-(seconds - held) / ReleaseSeconds) * (1
                    - Math.Exp(-seconds / 0.002));
                if (seconds > HeldSeconds + (12 * ReleaseSeconds))
                    break;
                track[t] += (float)(0.2 * level * Math.Sin((2 * Math.PI * frequency * seconds) + phase));
            }
        }
    }

    /// <summary>Noise through a one-pole low-pass filter, fading.</summary>
    private static void AddBurst(double[] mixture, int start, double fade, double level, double pole, Random random)
    {
        double state = 0;
        for (var t = start; t < mixture.Length; t++)
        {
            var seconds = (t - start) / (double)SampleRate;
            if (seconds > 10 * fade)
                break;
            state = (pole * state) + (Math.Sqrt(1 - (pole * pole)) * Normal(random));
            mixture[t] += level * state * Math.Exp(-seconds / fade);
        }
    }

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
