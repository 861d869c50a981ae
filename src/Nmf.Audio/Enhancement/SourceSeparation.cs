using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Factors of a recording: the known spectra of the source first, those of the noise behind them. The source starts
/// with a small part of the power; its spectra, and its rows of the transitions, are fixed. Frames of silence take no
/// part: what is heard is fitted as if they were cut out, and nothing is heard of the source in them. The noise changes
/// slowly: in a plain model its activations are smooth, with transitions they follow "as before" with a gain that is
/// learnt, and neither of the two predicts the other.
/// </summary>
internal sealed class SourceSeparation
{
    // Frames whose power lies so far below the mean are silence, 70 dB, as for the recordings that
    // a source is learnt from.
    private const double Silence = 1e-7;

    private readonly Matrix<float> _dictionary;
    private readonly Matrix<float> _activations;
    private readonly bool[] _isHeard;
    private readonly int _known;
    private readonly double _scale;

    private SourceSeparation(
        Matrix<float> dictionary, Matrix<float> activations, bool[] isHeard, int known, double scale, FitReport report)
        => (_dictionary, _activations, _isHeard, _known, _scale, Report) = (dictionary, activations, isHeard, known,
            scale, report);

    public FitReport Report { get; }

    public static SourceSeparation Fit(
        SourceModel model, Spectrogram mixture, EnhancementOptions options, IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (powers, isHeard, scale) = Powers(mixture);
        var data = NmfData<float>.FromMatrix(powers);
        var (known, rank) = (model.Dictionary.Columns, model.Dictionary.Columns + options.NoiseRank);
        var start = Start(model.Dictionary, powers, options);
        if (model.Transitions is not { } transitions)
        {
            var smooth = SmoothNmf.Fit(
                data,
                new SmoothNmfOptions
                {
                    Rank = rank,
                    ComponentSmoothness = Each(rank, known, 0, options.NoiseShape),
                    Direction = SmoothnessDirection.CurrentAgainstPrevious,
                    Known = KnownComponents.FromDictionary(model.Dictionary),
                    Iterations = new() { MaximumIterations = options.Iterations, Tolerance = 0 },
                    Seed = options.Seed,
                    Threads = options.Threads,
                },
                start: start,
                progress: progress,
                cancellationToken: cancellationToken);
            return new SourceSeparation(smooth.Dictionary, smooth.Activations, isHeard, known, scale, smooth.Report);
        }

        var systemStart = new DynamicalSystemStart<float>(
            start.Dictionary.Clone(), Transitions(transitions, rank), start.Activations!.Clone());
        var system = DynamicalSystem.Fit(
            data,
            new DynamicalSystemOptions
            {
                Rank = rank,
                Shapes = Each(rank, known, model.Options.TransitionShape!.Value, options.NoiseShape),
                Known = KnownComponents.FromDictionary(model.Dictionary, transitions),
                Iterations = new() { MaximumIterations = options.Iterations, Tolerance = 0 },
                Seed = options.Seed,
                Threads = options.Threads,
            },
            start: systemStart,
            progress: progress,
            cancellationToken: cancellationToken);
        return new SourceSeparation(system.Dictionary, system.Activations, isHeard, known, scale, system.Report);
    }

    /// <summary>
    /// The source by Wiener filtering: every coefficient times s / (s + r), r the power of the noise in the model and s
    /// that of the source, of which a part is what the model says and the rest what the frame shows, max(0, v - r).
    /// </summary>
    public float[] Source(Spectrogram mixture, double trust, CancellationToken cancellationToken)
    {
        var samples = new float[mixture.RestoredSamples];
        var synthesizer = mixture.Stft.CreateSynthesizer(samples.Length);
        var (frame, power) = (new float[2 * mixture.Bins], new float[mixture.Bins]);
        var (done, row) = (0, 0);
        for (var n = 0; n < mixture.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_isHeard[n])
            {
                Array.Clear(frame);
                done += synthesizer.Push(frame, samples.AsSpan(done));
                continue;
            }

            ReadOnlySpan<float> coefficients = mixture.Frame(n), activations = _activations.Row(row++);
            Spectra.Power(coefficients, power);
            for (var f = 0; f < power.Length; f++)
            {
                ReadOnlySpan<float> spectrum = _dictionary.Row(f);
                double expected = TensorPrimitives.Dot(spectrum[.._known], activations[.._known]);
                double noise = TensorPrimitives.Dot(spectrum[_known..], activations[_known..]);
                var source = (trust * expected) + ((1 - trust) * Math.Max(0, (_scale * power[f]) - noise));
                var gain = source > 0 ? (float)(source / (source + noise)) : 0;
                (frame[2 * f], frame[(2 * f) + 1]) = (gain * coefficients[2 * f], gain * coefficients[(2 * f) + 1]);
            }

            done += synthesizer.Push(frame, samples.AsSpan(done));
        }

        synthesizer.Complete(samples.AsSpan(done));
        return samples;
    }

    /// <summary>
    /// The powers of the frames that are heard, and which these are. Where the recording is silent throughout it is all
    /// of them, and ones, of which nothing is heard since the coefficients are zero.
    /// </summary>
    private static (Matrix<float> Powers, bool[] IsHeard, double Scale) Powers(Spectrogram mixture)
    {
        var powers = mixture.Power();
        var sums = new double[powers.Rows];
        for (var n = 0; n < sums.Length; n++)
        {
            foreach (var value in powers.Row(n))
                sums[n] += value;
        }

        var (sounding, isHeard) = (sums.Count(sum => sum > 0), new bool[sums.Length]);
        var least = sounding == 0 ? 0 : Silence * sums.Sum() / sounding;
        var heard = 0;
        for (var n = 0; n < sums.Length; n++)
        {
            isHeard[n] = sounding == 0 || sums[n] > least;
            if (isHeard[n])
                powers.Row(n).CopyTo(powers.Row(heard++));
        }

        if (heard < powers.Rows)
            powers = powers.FirstRows(heard);
        var scaling = sounding == 0 ? new SpectralScaling(1, 1) : SpectralScaling.For(powers);
        for (var n = 0; n < powers.Rows; n++)
            scaling.Apply(powers.Row(n));
        return (powers, isHeard, scaling.Scale);
    }

    /// <summary>
    /// The spectra of the source, which explain in every frame an equal part of the power. Of the noise a spectrum that
    /// does not change in time, each time with a different ripple, so that its spectra do not stay the same.
    /// </summary>
    private static NmfStart<float> Start(Matrix<float> source, Matrix<float> powers, EnhancementOptions options)
    {
        var (known, rank) = (source.Columns, source.Columns + options.NoiseRank);
        var dictionary = new Matrix<float>(source.Rows, rank);
        var activations = new Matrix<float>(powers.Rows, rank);
        var noise = StationarySpectrum(powers, options.NoiseQuantile);
        var random = new Random(options.Seed);
        for (var f = 0; f < source.Rows; f++)
        {
            source.Row(f).CopyTo(dictionary.Row(f));
            for (var k = known; k < rank; k++)
                dictionary[f, k] = (float)(noise[f] * Ripple());
        }

        var sums = new double[rank];
        FactorKernels.ColumnSums(dictionary, sums);
        for (var n = 0; n < powers.Rows; n++)
        {
            double power = 0;
            foreach (var value in powers.Row(n))
                power += value;
            for (var k = 0; k < known; k++)
                activations[n, k] = (float)(options.InitialShare * power / known / Math.Max(sums[k], double.Epsilon));
            activations.Row(n)[known..].Fill(1f / options.NoiseRank);
        }

        return new NmfStart<float>(dictionary, activations);

        double Ripple() => 0.75 + (0.5 * random.NextDouble());
    }

    /// <summary>
    /// The mean power that exponentially distributed powers would have which have this quantile: of noise alone that is
    /// its spectrum, and what stands out of the noise now and then hardly changes it.
    /// </summary>
    private static double[] StationarySpectrum(Matrix<float> powers, double quantile)
    {
        var spectrum = new double[powers.Columns];
        var sorted = new float[powers.Rows];
        for (var f = 0; f < spectrum.Length; f++)
        {
            for (var n = 0; n < sorted.Length; n++)
                sorted[n] = powers[n, f];
            Array.Sort(sorted);
            spectrum[f] = sorted[(int)(quantile * sorted.Length)] / -Math.Log(1 - quantile);
        }

        return spectrum;
    }

    private static double[] Each(int rank, int known, double ofKnown, double ofOthers)
        => [.. Enumerable.Range(0, rank).Select(k => k < known ? ofKnown : ofOthers)];

    private static Matrix<float> Transitions(Matrix<float> source, int rank)
    {
        var transitions = new Matrix<float>(rank, rank);
        for (var i = 0; i < source.Rows; i++)
            source.Row(i).CopyTo(transitions.Row(i));
        for (var i = source.Rows; i < rank; i++)
            transitions[i, i] = 1;
        return transitions;
    }
}
