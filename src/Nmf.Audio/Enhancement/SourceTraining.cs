using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Learns spectra from clean recordings by Itakura-Saito factorisation of their powers, then, if asked for, transitions
/// by a nonnegative dynamical system that starts from these spectra; each recording is a sequence of its own.
/// </summary>
internal static class SourceTraining
{
    public static (Matrix<float> Dictionary, Matrix<float>? Transitions) Run(
        IReadOnlyList<AudioClip> recordings, SourceModelOptions options, IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (powers, lengths) = Powers(recordings, options, cancellationToken);
        var data = NmfData<float>.FromMatrix(powers);
        var plain = NmfFactorizer.Fit(
            data,
            new NmfOptions
            {
                Rank = options.Rank,
                Problem = BetaDivergence.ItakuraSaito,
                Solver = NmfSolver.MultiplicativeUpdate,
                Initialization = NmfInitialization.ShortRuns,
                Iterations = new() { MaximumIterations = options.Iterations, Tolerance = 0 },
                Seed = options.Seed,
                Threads = options.Threads,
            },
            progress: progress,
            cancellationToken: cancellationToken);
        if (options.TransitionShape is not { } shape)
            return (plain.Dictionary.Clone(), null);

        var start = new DynamicalSystemStart<float>(
            plain.Dictionary.Clone(), StartingTransitions(options.Rank), plain.Activations.Clone());
        var system = DynamicalSystem.Fit(
            data,
            new DynamicalSystemOptions
            {
                Rank = options.Rank,
                Shape = shape,
                Iterations = new() { MaximumIterations = options.TransitionIterations, Tolerance = 0 },
                Seed = options.Seed,
                Threads = options.Threads,
            },
            SequenceLayout.FromLengths(lengths),
            start,
            null,
            progress,
            cancellationToken);
        return (system.Dictionary.Clone(), system.Transitions.Clone());
    }

    /// <summary>The powers of all recordings, each with mean one, and their numbers of frames.</summary>
    private static (Matrix<float> Powers, int[] Lengths) Powers(
        IReadOnlyList<AudioClip> recordings, SourceModelOptions options, CancellationToken cancellationToken)
    {
        var stft = new Stft(options.Stft);
        var lengths = new int[recordings.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            RequireLength(stft, recordings[i].Samples, i);
            lengths[i] = checked((int)stft.FrameCount(recordings[i].Samples));
        }

        var powers = new Matrix<float>(lengths.Sum(), stft.Bins);
        var row = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            var spectrogram = stft.Analyze(recordings[i].Channels[0], cancellationToken);
            var power = spectrogram.Power();
            var mean = Mean(power);
            if (!(mean > 0))
                throw new AudioDataException($"Recording {i} is silent: there is nothing to learn from it.");
            var scaling = new SpectralScaling(1 / mean, options.RelativeFloor);
            for (var n = 0; n < power.Rows; n++, row++)
            {
                power.Row(n).CopyTo(powers.Row(row));
                scaling.Apply(powers.Row(row));
            }
        }

        return (powers, lengths);
    }

    private static void RequireLength(Stft stft, int samples, int recording)
    {
        try
        {
            stft.RequireFrame(samples);
        }
        catch (AudioDataException e)
        {
            throw new AudioDataException($"Recording {recording}: {e.Message}");
        }
    }

    private static double Mean(Matrix<float> powers)
    {
        double sum = 0;
        for (var n = 0; n < powers.Rows; n++)
        {
            foreach (var value in powers.Row(n))
                sum += value;
        }

        return sum / ((double)powers.Rows * powers.Columns);
    }

    // Half "as before", half anything: no transition is ruled out.
    private static Matrix<float> StartingTransitions(int rank)
    {
        var transitions = new Matrix<float>(rank, rank);
        for (var i = 0; i < rank; i++)
        {
            for (var j = 0; j < rank; j++)
                transitions[i, j] = (float)((i == j ? 0.5 : 0) + (0.5 / rank));
        }

        return transitions;
    }
}
