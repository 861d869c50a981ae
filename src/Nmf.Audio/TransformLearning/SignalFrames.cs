using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>Cuts signals into windowed frames: the data of <see cref="TransformLearning"/>.</summary>
public static class SignalFrames
{
    /// <summary>Frames of a signal, each times the window. What is left behind the last whole frame is left out.
    /// </summary>
    /// <param name="signal">Samples.</param>
    /// <param name="options">Length, hop and window; padding, scaling and the length of the transform do not matter.
    /// </param>
    /// <returns>frames x <see cref="StftOptions.FrameLength"/>.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="AudioDataException">The signal is shorter than a frame, or has a sample that is not
    /// finite.</exception>
    public static Matrix<float> Cut(ReadOnlySpan<float> signal, StftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var stft = new Stft(options with { Padding = StftPadding.None, Scaling = StftScaling.None });
        stft.RequireFrame(signal.Length);
        AudioDataException.RequireFinite(signal, 0);
        var frames = new Matrix<float>(checked((int)stft.FrameCount(signal.Length)), stft.FrameLength);
        float[] window = [.. stft.Window.ToArray().Select(w => (float)w)];
        for (var n = 0; n < frames.Rows; n++)
            TensorPrimitives.Multiply(signal.Slice(n * stft.HopLength, stft.FrameLength), window, frames.Row(n));
        return frames;
    }
}
