using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// The signals of components: of every coefficient of the mixture a component gets the part (w h)^p / Σ_j (w_j h_j)^p.
/// For a fit of the power spectrogram with the Itakura-Saito divergence and p = 1 that is Wiener filtering, the minimum
/// mean square error estimate of Gaussian components (Févotte, Bertin and Durrieu, "Nonnegative matrix factorization
/// with the Itakura-Saito divergence", 2009). For magnitudes p = 1 shares amplitudes, p = 2 energies.
/// </summary>
/// <remarks>
/// The parts of all components add up to one, also where the model is zero (there all components get the same), so that
/// the signals of components, or of groups that hold each of them once, add up to the mixture: to rounding. Nothing of
/// the size of a spectrogram is kept; a signal takes O(F N K) and memory for one frame. Thread-safe.
/// </remarks>
public sealed class WienerFilter
{
    private const int FewComponents = 128;

    private readonly Matrix<double> _powers;
    private readonly Matrix<float> _dictionary;

    /// <summary>Prepares the filter of a dictionary.</summary>
    /// <param name="dictionary">W, bins x rank, nonnegative and finite; copied.</param>
    /// <param name="exponent">Exponent p of the mask, greater than zero.</param>
    public WienerFilter(Matrix<float> dictionary, double exponent = 1)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        if (!(exponent > 0 && double.IsFinite(exponent)))
            throw new ArgumentOutOfRangeException(
                nameof(exponent), exponent, "The exponent must be greater than zero.");
        if (dictionary.Columns == 0)
            throw new ArgumentException("The dictionary has no component.", nameof(dictionary));
        Exponent = exponent;
        _dictionary = dictionary.Clone();
        _powers = new Matrix<double>(dictionary.Rows, dictionary.Columns);
        for (var f = 0; f < dictionary.Rows; f++)
        {
            for (var k = 0; k < dictionary.Columns; k++)
                _powers[f, k] = Math.Pow(dictionary[f, k], exponent);
        }
    }

    /// <summary>Exponent p.</summary>
    internal double Exponent { get; }

    /// <summary>Number of frequencies F.</summary>
    public int Bins => _dictionary.Rows;

    /// <summary>Number of components K.</summary>
    public int Rank => _dictionary.Columns;

    /// <summary>The part that some components get of every coefficient of one frame.</summary>
    /// <param name="activations">K activations of the frame, nonnegative.</param>
    /// <param name="components">Components, each at most once.</param>
    /// <param name="mask">Receives F numbers between 0 and 1.</param>
    /// <exception cref="ArgumentException">A length does not fit, or there is no such component.</exception>
    public void Mask(ReadOnlySpan<float> activations, ReadOnlySpan<int> components, Span<float> mask)
    {
        if (activations.Length != Rank || mask.Length != Bins)
            throw new ArgumentException($"Expected {Rank} activations and room for {Bins} frequencies, "
                + $"got {activations.Length} and {mask.Length}.");
        RequireComponents(components);
        Span<double> few = stackalloc double[FewComponents];
        var powers = Rank <= FewComponents ? few[..Rank] : new double[Rank];
        for (var k = 0; k < powers.Length; k++)
            powers[k] = Math.Pow(activations[k], Exponent);
        var even = (float)components.Length / Rank;
        for (var f = 0; f < mask.Length; f++)
        {
            var row = _powers.Row(f);
            double part = 0;
            foreach (var k in components)
                part += row[k] * powers[k];
            var total = TensorPrimitives.Dot<double>(row, powers);
            mask[f] = total > 0 ? (float)Math.Min(1, part / total) : even;
        }
    }

    /// <summary>The coefficients of some components.</summary>
    /// <param name="mixture">Spectrogram of the mixture.</param>
    /// <param name="activations">H, frames x rank.</param>
    /// <param name="components">Components, each at most once.</param>
    /// <returns>A spectrogram like that of the mixture.</returns>
    /// <exception cref="ArgumentException">Shapes do not match, or there is no such component.</exception>
    public Spectrogram Apply(Spectrogram mixture, Matrix<float> activations, params ReadOnlySpan<int> components)
    {
        RequireMatch(mixture, activations, components);
        var result = new Spectrogram(mixture.Stft, mixture.Frames, mixture.SignalLength);
        var mask = new float[Bins];
        for (var n = 0; n < mixture.Frames; n++)
            ApplyToFrame(mixture.Frame(n), activations.Row(n), components, mask, result.Frame(n));
        return result;
    }

    /// <summary>The signal of some components.</summary>
    /// <param name="mixture">Spectrogram of the mixture.</param>
    /// <param name="activations">H, frames x rank.</param>
    /// <param name="components">Components, each at most once.</param>
    /// <returns>As many samples as <see cref="Stft.Synthesize"/> gives for the mixture.</returns>
    /// <exception cref="ArgumentException">Shapes do not match, or there is no such component.</exception>
    public float[] Signal(Spectrogram mixture, Matrix<float> activations, params ReadOnlySpan<int> components)
        => Signal(mixture, activations, components, CancellationToken.None);

    /// <inheritdoc cref="Signal(Spectrogram, Matrix{float}, ReadOnlySpan{int})"/>
    /// <param name="mixture">Spectrogram of the mixture.</param>
    /// <param name="activations">H, frames x rank.</param>
    /// <param name="components">Components, each at most once.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    public float[] Signal(
        Spectrogram mixture, Matrix<float> activations, ReadOnlySpan<int> components,
        CancellationToken cancellationToken)
    {
        RequireMatch(mixture, activations, components);
        var samples = new float[mixture.RestoredSamples];
        var synthesizer = mixture.Stft.CreateSynthesizer(samples.Length);
        var mask = new float[Bins];
        var frame = new float[2 * Bins];
        var done = 0;
        for (var n = 0; n < mixture.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ApplyToFrame(mixture.Frame(n), activations.Row(n), components, mask, frame);
            done += synthesizer.Push(frame, samples.AsSpan(done));
        }

        synthesizer.Complete(samples.AsSpan(done));
        return samples;
    }

    /// <summary>
    /// How loud the components are: the energies of their sounds, Σ_t x_k(t)² of what
    /// <see cref="Signal(Spectrogram, Matrix{float}, ReadOnlySpan{int})"/> gives for each of them alone.
    /// </summary>
    /// <remarks>
    /// Their share in the sum of the model, <see cref="NmfModel{T}.Contributions"/>, is another thing. The
    /// Itakura-Saito divergence fits ratios, so the model may have many times the power of the recording where that
    /// is soft, and its sums are made of such places. The sounds of components that share a coefficient are in
    /// phase in it: the energies add up to less than that of the recording. One pass over the frames; memory for
    /// one frame of each component.
    /// </remarks>
    /// <param name="mixture">Spectrogram of the mixture.</param>
    /// <param name="activations">H, frames x rank.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    /// <returns>K energies, in the units of the squares of samples.</returns>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    public double[] Energies(
        Spectrogram mixture, Matrix<float> activations, CancellationToken cancellationToken = default)
    {
        RequireMatch(mixture, activations, []);
        StftSynthesizer[] synthesizers = [
            .. Enumerable.Range(0, Rank).Select(_ => mixture.Stft.CreateSynthesizer(mixture.RestoredSamples))];
        var (energies, powers, totals) = (new double[Rank], new double[Rank], new double[Bins]);
        var (frame, samples) = (new float[2 * Bins], new float[mixture.Stft.FrameLength]);
        for (var n = 0; n < mixture.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> coefficients = mixture.Frame(n), h = activations.Row(n);
            for (var k = 0; k < powers.Length; k++)
                powers[k] = Math.Pow(h[k], Exponent);
            for (var f = 0; f < totals.Length; f++)
                totals[f] = TensorPrimitives.Dot<double>(_powers.Row(f), powers);
            for (var k = 0; k < powers.Length; k++)
            {
                for (var f = 0; f < totals.Length; f++)
                {
                    var part = totals[f] > 0 ? (float)Math.Min(1, _powers[f, k] * powers[k] / totals[f]) : 1f / Rank;
                    (frame[2 * f], frame[(2 * f) + 1]) = (part * coefficients[2 * f], part * coefficients[(2 * f) + 1]);
                }

                AddEnergy(k, synthesizers[k].Push(frame, samples));
            }
        }

        for (var k = 0; k < energies.Length; k++)
            AddEnergy(k, synthesizers[k].Complete(samples));
        return energies;

        void AddEnergy(int component, int count)
        {
            foreach (var sample in samples.AsSpan(0, count))
                energies[component] += (double)sample * sample;
        }
    }

    /// <summary>
    /// The expected power of a component given the mixture, G² v + w h (1 - G) with G the part of <see cref="Mask"/>:
    /// what expectation-maximisation for the Itakura-Saito divergence takes for the power of a component (Févotte,
    /// Bertin and Durrieu 2009).
    /// </summary>
    /// <param name="data">F powers of the frame, in the units of the fit.</param>
    /// <param name="activations">K activations of the frame.</param>
    /// <param name="component">The component.</param>
    /// <param name="power">Receives F expected powers, in the units of the fit.</param>
    /// <exception cref="InvalidOperationException">The exponent is not 1: other masks are no estimates of a
    /// Gaussian model.</exception>
    /// <exception cref="ArgumentException">A length does not fit, or there is no such component.</exception>
    public void PosteriorPower(
        ReadOnlySpan<float> data, ReadOnlySpan<float> activations, int component, Span<float> power)
    {
        if (Exponent != 1)
            throw new InvalidOperationException($"The posterior power is defined for the exponent 1, not {Exponent}.");
        if (data.Length != Bins)
            throw new ArgumentException($"Expected {Bins} powers, got {data.Length}.", nameof(data));
        Mask(activations, [component], power);
        for (var f = 0; f < power.Length; f++)
        {
            var gain = power[f];
            power[f] = (gain * gain * data[f]) + (_dictionary[f, component] * activations[component] * (1 - gain));
        }
    }

    private void ApplyToFrame(
        ReadOnlySpan<float> mixture, ReadOnlySpan<float> activations, ReadOnlySpan<int> components, Span<float> mask,
        Span<float> result)
    {
        Mask(activations, components, mask);
        for (var f = 0; f < mask.Length; f++)
        {
            result[2 * f] = mask[f] * mixture[2 * f];
            result[(2 * f) + 1] = mask[f] * mixture[(2 * f) + 1];
        }
    }

    private void RequireMatch(Spectrogram mixture, Matrix<float> activations, ReadOnlySpan<int> components)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(activations);
        RequireComponents(components);
        if (mixture.Bins != Bins)
            throw new ArgumentException(
                $"The mixture has {mixture.Bins} frequencies, but the dictionary has {Bins}.",
                nameof(mixture));
        if (activations.Rows != mixture.Frames || activations.Columns != Rank)
        {
            throw new ArgumentException(
                $"The activations are {activations.Rows} frames x {activations.Columns} components, "
                + $"but {mixture.Frames} x {Rank} are needed.", nameof(activations));
        }
    }

    private void RequireComponents(ReadOnlySpan<int> components)
    {
        for (var i = 0; i < components.Length; i++)
        {
            if (components[i] < 0 || components[i] >= Rank)
                throw new ArgumentException(
                    $"There is no component {components[i]}: they are numbered from 0 to {Rank - 1}.",
                    nameof(components));
            if (components[..i].Contains(components[i]))
                throw new ArgumentException($"Component {components[i]} is named twice.", nameof(components));
        }
    }
}
