using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Where a fit of several channels starts. Expectation-maximisation ends near where it starts, so this decides what is
/// found: from what is known of the sources, from a guess of them, or, where nothing is known, at random.
/// </summary>
public sealed class MultichannelStart
{
    private const double SmallestUniform = 0.2;

    private const double LeastStart = 1e-6;

    private const double MostPowerRatio = 1e3;

    // An approximate dictionary is enough, and need not be waited for.
    private const int SourceIterations = 50;

    private MultichannelStart(MixingFactors factors) => Factors = factors;

    /// <summary>The parameters, in units of the mixture.</summary>
    internal MixingFactors Factors { get; }

    // Mean power of the mixture that it was made for.
    private double Power { get; init; }

    /// <summary>Random spectra and activations of the power of the mixture, and random mixing.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="options">Sources, components and mixing; what is known of sources is put in.</param>
    /// <param name="number">Which of the starts of the seed, from 0.</param>
    public static MultichannelStart Random(
        MultichannelSpectrogram mixture, MultichannelOptions options, int number = 0)
    {
        Require(mixture, options);
        var data = MixtureData.From(mixture, 0);
        return new MultichannelStart(Random(data, options, number)) { Power = data.ChannelPower.Sum() };
    }

    /// <summary>A start from sounds that resemble the sources: separated by another method, by masks, or recorded
    /// alone. Their powers are factorised with the Kullback-Leibler divergence, and the mixing of a source is the
    /// direction of most of its power. How loud each sound is says nothing: its level is that with which all together
    /// fit the powers of the mixture.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="sources">The image of every source, frames and channels like those of the mixture. Of one that is
    /// silent nothing is known: it starts at random.</param>
    /// <param name="options">Sources, components and mixing; what is known of sources goes first.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">There are not as many sources, or one has another shape or sample
    /// rate.</exception>
    /// <exception cref="AudioDataException">A coefficient is not finite.</exception>
    public static MultichannelStart FromSources(
        MultichannelSpectrogram mixture, IReadOnlyList<MultichannelSpectrogram> sources, MultichannelOptions options,
        CancellationToken cancellationToken = default)
        => From(mixture, sources, options, areParts: false, cancellationToken);

    // Parts of the mixture have the level that they have.
    private static MultichannelStart From(
        MultichannelSpectrogram mixture, IReadOnlyList<MultichannelSpectrogram> sources, MultichannelOptions options,
        bool areParts, CancellationToken cancellationToken)
    {
        Require(mixture, options);
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Count != options.Sources)
            throw new ArgumentException(
                $"There are {sources.Count} sounds for {options.Sources} sources.", nameof(sources));
        var whole = MixtureData.From(mixture, 0);
        var factors = Random(whole, options, 0);
        var powers = new Matrix<float>[sources.Count];
        for (var j = 0; j < sources.Count; j++)
        {
            var source = sources[j];
            if (source.Channels.Count != mixture.Channels.Count || source.Frames != mixture.Frames
                || source.SampleRate != mixture.SampleRate
                || source.Stft.Options.Explicit != mixture.Stft.Options.Explicit)
            {
                throw new ArgumentException(
                    $"Source {j} has other channels, frames, sample rate or options of its transform than the mixture.",
                    nameof(sources));
            }

            // A silent one says nothing.
            var data = MixtureData.From(source, 0);
            powers[j] = SumOfPowers(source);
            if (data.ChannelPower.Sum() > 0 && options.Directions?[j] is null)
                SourceDirection.Set(data, factors, j);
        }

        var levels = areParts ? null : SourceLevels.Of(SumOfPowers(mixture), powers, cancellationToken);
        for (var j = 0; j < sources.Count; j++)
        {
            if (options.ModelOf(j) is null && TensorPrimitives.Max<float>(powers[j].ToRowMajor()) > 0)
                SetSpectra(powers[j], levels?[j] ?? 1, factors, j, options, cancellationToken);
        }

        return new MultichannelStart(factors) { Power = whole.ChannelPower.Sum() };
    }

    /// <summary>A start from the mixture alone. Instantaneous mixtures: the directions around which most places of time
    /// and frequency lie where one source is alone (as DEMIX, Arberet, Gribonval and Bimbot 2010), and masks of what is
    /// nearest to each. Convolutive ones: at every frequency clusters of the directions, phases included, which are
    /// assigned to sources by when they are active (Sawada, Araki and Makino 2011). What the masks leave of the mixture
    /// is taken as by <see cref="FromSources"/>. Where it is known when each source is heard, masks obey that and
    /// sources are in that order; otherwise their order is arbitrary.</summary>
    /// <remarks>Memory: the images of the sources, 8 bytes for every complex coefficient, and as much again for what
    /// they are made of.</remarks>
    /// <param name="mixture">The mixture.</param>
    /// <param name="options">Sources, components, mixing and activity; what is known of the sound of sources is put in,
    /// but does not say which is which.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    public static MultichannelStart Blind(
        MultichannelSpectrogram mixture, MultichannelOptions options, CancellationToken cancellationToken = default)
    {
        Require(mixture, options);
        var (images, directions) = BlindSources.Find(mixture, options, cancellationToken);
        var start = From(mixture, images, options, areParts: true, cancellationToken);
        for (var j = 0; directions is not null && j < options.Sources; j++)
        {
            if (options.Directions?[j] is null && directions[j].Any(gain => gain != 0))
                start.SetMixing(0, j, [.. directions[j].Select(gain => new Complex(gain, 0))]);
        }

        return start;
    }

    /// <summary>The mixing of a source in a channel.</summary>
    /// <param name="bin">Which frequency.</param>
    /// <param name="channel">Which channel.</param>
    /// <param name="source">Which source.</param>
    public Complex Mixing(int bin, int channel, int source) => Factors.Mixing(bin, channel, source);

    /// <summary>Sets the mixing of a source.</summary>
    /// <param name="bin">Which frequency; any where the mixing is instantaneous.</param>
    /// <param name="source">Which source.</param>
    /// <param name="gains">A gain for every channel; their length does not matter. At frequencies whose coefficients
    /// are real, and where the mixing is instantaneous, their real parts are taken.</param>
    /// <exception cref="ArgumentException">A gain is not finite, all are zero where the mixing is, or their number is
    /// not that of the channels.</exception>
    public void SetMixing(int bin, int source, ReadOnlySpan<Complex> gains)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)bin, (uint)Factors.Bins, nameof(bin));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)source, (uint)Factors.Sources, nameof(source));
        if (gains.Length != Factors.Channels)
            throw new ArgumentException(
                $"There are {gains.Length} gains for {Factors.Channels} channels.", nameof(gains));
        var isReal = Factors.IsRealMixing(bin);
        var heard = false;
        for (var i = 0; i < gains.Length; i++)
        {
            if (!Complex.IsFinite(gains[i]))
                throw new ArgumentException(
                    $"The gain of source {source} in channel {i} at frequency {bin} is {gains[i]}.", nameof(gains));
            heard |= gains[i].Real != 0 || (!isReal && gains[i].Imaginary != 0);
        }

        if (!heard)
            throw new ArgumentException(
                $"No channel hears source {source} at frequency {bin}: all gains are zero"
                + (isReal ? ", or have no real part where the mixing is real." : "."), nameof(gains));
        SourceDirection.Set(Factors, bin, source, gains, isReal);
    }

    /// <exception cref="ArgumentException">The start was made for another mixture or with other options.</exception>
    internal void RequireFit(MixtureData data, MultichannelOptions options)
    {
        if (Factors.Channels != data.Channels || Factors.Bins != data.Bins || Factors.Frames != data.Frames
            || Factors.IsInstantaneous != (options.Mixing == MixingKind.Instantaneous)
            || !Factors.Offsets.AsSpan().SequenceEqual(options.Offsets()))
        {
            throw new ArgumentException("The start was made for another mixture, or with other sources, components or "
                + "mixing than the options have.");
        }

        // The mixture of another level would be a start in which all sources are silent, or drown it.
        var ratio = Power / Math.ScaleB(data.ChannelPower.Sum(), 2 * data.Exponent);
        if (ratio is < 1 / MostPowerRatio or > MostPowerRatio)
            throw new ArgumentException(
                $"The start was made for a mixture whose power is {ratio:G3} times that of this one.");
    }

    internal static MixingFactors Random(MixtureData data, MultichannelOptions options, int number)
    {
        var factors = new MixingFactors(
            data.Channels, data.Bins, data.Frames, options.Offsets(), options.Mixing == MixingKind.Instantaneous)
        {
            HalfRateBin = data.HalfRateBin,
        };
        var random = new Draw(new CounterRandom(options.Seed ?? 0, number));
        for (var f = 0; f < data.Bins; f++)
        {
            var power = data.Power.AsSpan(f * data.Channels, data.Channels);
            var mean = TensorPrimitives.Sum<double>(power);
            foreach (ref var w in factors.Dictionary.Row(f))
                w = mean * random.Uniform();
        }

        // The mean of products of two such numbers.
        var scale = 1 / (factors.Rank * Math.Pow((1 + (2 * SmallestUniform)) / 2, 2));
        for (var k = 0; k < factors.Rank; k++)
        {
            foreach (ref var h in factors.Activations.Row(k))
                h = scale * random.Uniform();
        }

        var gains = new Complex[data.Channels];
        for (var m = 0; m < factors.Mixings; m++)
        {
            for (var j = 0; j < factors.Sources; j++)
            {
                for (var i = 0; i < gains.Length; i++)
                    gains[i] = factors.IsInstantaneous
                        ? Panned(i, gains.Length, (j + random.Uniform()) / (factors.Sources + 1), random)
                        : new Complex(random.Normal(), random.Normal());
                SourceDirection.Set(factors, m, j, gains, factors.IsRealMixing(m));
            }
        }

        options.Method.SetRandomMixing(factors);
        SetKnown(factors, options, data);
        return factors;
    }

    /// <summary>Puts in what is known of the sources.</summary>
    internal static void SetKnown(
        MixingFactors factors, MultichannelOptions options, MixtureData data, bool withActivations = true)
    {
        for (var j = 0; j < factors.Sources; j++)
        {
            for (var m = 0; m < factors.Mixings && options.Directions?[j] is { } gains; m++)
                SourceDirection.Set(factors, m, j, [.. gains], factors.IsRealMixing(m));
            if (options.ModelOf(j) is { } model)
                SetSpectra(factors, j, model, data, withActivations);
        }
    }

    // Two channels: angles from left to right.
    private static double Panned(int channel, int channels, double position, Draw random)
        => channels > 2 ? random.Uniform() : channel == 0 ? Math.Cos(position * Math.PI / 2)
            : Math.Sin(position * Math.PI / 2);

    private static void SetSpectra(
        MixingFactors factors, int source, SourceModel model, MixtureData data, bool withActivations)
    {
        var (from, to) = (factors.Offsets[source], factors.Offsets[source + 1]);
        double sum = 0;
        for (var f = 0; f < factors.Bins; f++)
        {
            for (var k = from; k < to; k++)
                sum += factors.Dictionary[f, k] = model.Dictionary[f, k - from];
        }

        if (!withActivations)
            return;
        var scale = data.ChannelPower.Sum() * factors.Bins * factors.Channels / Math.Max(sum, double.Epsilon);
        for (var k = from; k < to; k++)
            TensorPrimitives.Multiply(
                factors.Activations.Row(k), scale, factors.Activations.Row(k));
    }

    // Powers of all channels together, frames x frequencies.
    private static Matrix<float> SumOfPowers(MultichannelSpectrogram sound)
    {
        var power = new Matrix<float>(sound.Frames, sound.Bins);
        foreach (var channel in sound.Channels.Select(channel => channel.Power()))
        {
            for (var n = 0; n < power.Rows; n++)
                TensorPrimitives.Add(power.Row(n), channel.Row(n), power.Row(n));
        }

        return power;
    }

    private static void SetSpectra(
        Matrix<float> power, double level, MixingFactors factors, int number, MultichannelOptions options,
        CancellationToken cancellationToken)
    {
        var (from, to) = (factors.Offsets[number], factors.Offsets[number + 1]);
        var scaling = SpectralScaling.For(power, 0);
        var model = NmfFactorizer.Fit(
            scaling.ToData(power), new NmfOptions
            {
                Rank = to - from, Problem = BetaDivergence.KullbackLeibler, Seed = options.Seed ?? 0,
                Threads = options.Threads, Iterations = new() { MaximumIterations = SourceIterations },
            }, cancellationToken: cancellationToken);

        // Nothing in the model of a source may be zero: it could not leave it.
        for (var k = from; k < to; k++)
        {
            for (var f = 0; f < factors.Bins; f++)
            {
                factors.Dictionary[f, k] =
                    Math.Max(model.Dictionary[f, k - from], LeastStart) * (level / scaling.Scale);
            }


            for (var n = 0; n < factors.Frames; n++)
                factors.Activations[k, n] = Math.Max(model.Activations[n, k - from], LeastStart);
        }
    }

    private static void Require(MultichannelSpectrogram mixture, MultichannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options.RequireFit(mixture);
    }

    // Numbers in turn from a generator by counter.
    private sealed class Draw(CounterRandom random)
    {
        private long _next;

        public double Uniform() => SmallestUniform + random.Uniform(_next++);

        public double Normal()
            => Math.Sqrt(-2 * Math.Log(1 - random.Uniform(_next++))) * Math.Cos(2 * Math.PI * random.Uniform(_next++));
    }
}
