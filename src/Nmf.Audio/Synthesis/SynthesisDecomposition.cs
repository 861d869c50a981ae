using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// A recording taken apart by a time-frequency synthesis: layers, each the sum of its components, and a residual. The
/// layers and the residual add up to the recording.
/// </summary>
/// <remarks>Immutable and thread-safe. Signals are made when they are asked for: keep them.</remarks>
public sealed class SynthesisDecomposition
{
    private readonly float[] _signal;
    private readonly LayerParts[] _parts;

    internal SynthesisDecomposition(SynthesisModel model, float[] signal, LayerParts[] parts, FitReport report)
        => (Model, _signal, _parts, Report) = (model, signal, parts, report);

    /// <summary>The dictionaries.</summary>
    public SynthesisModel Model { get; }

    /// <summary>How the best of the starts went.</summary>
    public FitReport Report { get; }

    /// <summary>The activations of a layer: H, frames x K, in units of power.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public Matrix<double> Activations(int layer) => Part(layer).Activations;

    /// <summary>The signal of a layer.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <returns>As many samples as the recording has.</returns>
    public float[] Layer(int layer) => Synthesize(layer, component: null);

    /// <summary>The signal of one component of a layer: of each coefficient the share that the component has of its
    /// variance. The components of a layer add up to it.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="component">Which component, from 0.</param>
    public float[] Component(int layer, int component)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)component, (uint)Part(layer).Dictionary.Columns, nameof(component));
        return Synthesize(layer, component);
    }

    /// <summary>All layers together: the recording without its noise.</summary>
    public float[] Denoised()
    {
        var sum = new float[_signal.Length];
        for (var j = 0; j < _parts.Length; j++)
            TensorPrimitives.Add(sum, Layer(j), sum);
        return sum;
    }

    /// <summary>What the layers do not explain.</summary>
    public float[] Residual()
    {
        var rest = Denoised();
        TensorPrimitives.Subtract(_signal, rest, rest);
        return rest;
    }

    private LayerParts Part(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)_parts.Length, nameof(layer));
        return _parts[layer];
    }

    private float[] Synthesize(int layer, int? component)
    {
        var (w, h, coefficients) = Part(layer);
        var frame = new TightFrame(Model.Stft(layer), _signal.Length, 1);
        var time = new Matrix<double>(frame.Frames, frame.FrameLength);
        var masked = new double[2 * frame.Bins];
        for (var n = 0; n < frame.Frames; n++)
        {
            ReadOnlySpan<double> values = coefficients.Row(n);
            if (component is { } k)
            {
                for (var f = 0; f < frame.Bins; f++)
                {
                    var share = w.Row(f)[k] * h.Row(n)[k] / TensorPrimitives.Dot<double>(w.Row(f), h.Row(n));
                    (masked[2 * f], masked[(2 * f) + 1]) = (share * values[2 * f], share * values[(2 * f) + 1]);
                }

                values = masked;
            }

            frame.Synthesize(values, time.Row(n), 0);
        }

        var sum = new double[_signal.Length];
        frame.Subtract(time, 0, sum);
        var result = new float[sum.Length];
        TensorPrimitives.Negate(sum, sum);
        TensorPrimitives.ConvertSaturating<double, float>(sum, result);
        return result;
    }
}
