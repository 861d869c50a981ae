namespace Nmf.Audio;

/// <summary>The window that a frame is multiplied with, t = 0 … L - 1.</summary>
public enum StftWindow
{
    /// <summary>sin(π (t + ½) / L), the sine bell. Its squares add up to one at half overlap.</summary>
    Sine,

    /// <summary>½ - ½ cos(2π t / L), periodic.</summary>
    Hann,

    /// <summary>0.54 - 0.46 cos(2π t / L), periodic.</summary>
    Hamming,
}

/// <summary>What happens at the ends of a signal.</summary>
public enum StftPadding
{
    /// <summary>
    /// Zeros before and after: frame n begins at sample n·hop - (L - hop), and there are as many frames as contain a
    /// sample. Every sample is then in the full number of frames, so that the inverse is exact everywhere.
    /// </summary>
    Full,

    /// <summary>
    /// Frame n begins at sample n·hop, and the last frame is the last that fits. Samples after it are lost, and where
    /// the windows that meet a sample add up to next to nothing (the first and the last few samples) the inverse fades.
    /// </summary>
    None,

    /// <summary>
    /// Frame n is centred on sample n·hop, with zeros before and after, as in librosa (center=True): 1 + ⌊T/hop⌋ frames
    /// of T samples, and one more for the samples behind the last centre where the hop is more than a quarter of the
    /// frame, because they would fade. A frame that is shorter than its transform lies in the middle of it. Every
    /// sample is restored; at the two ends the frames hold less energy than the signal.
    /// </summary>
    Centred,

    /// <summary>
    /// As <see cref="Centred"/>, with the signal mirrored at its first and its last sample instead of zeros (librosa's
    /// pad_mode="reflect"). The signal must have more than half a frame of samples, and the hop may be half a frame.
    /// </summary>
    Reflected,
}

/// <summary>The scale of the coefficients.</summary>
public enum StftScaling
{
    /// <summary>
    /// Energy is preserved: the squared magnitudes of all coefficients, those of negative frequencies included, add up
    /// to the energy of the signal (with <see cref="StftPadding.Full"/>). The window is replaced by w / √(Σ w²), the
    /// sum running over the frames that meet (the canonical tight window; the same window up to a factor for the usual
    /// pairs), and the discrete Fourier transform is divided by √(its length).
    /// </summary>
    TightFrame,

    /// <summary>The plain discrete Fourier transform of the windowed frame, as most published code has it.</summary>
    None,
}

/// <summary>How a signal is cut into frames and transformed.</summary>
public sealed record StftOptions
{
    /// <summary>Longest frame or transform, in samples.</summary>
    internal const int LongestFrame = 1 << 20;

    // Smaller quotients of the least and the greatest sum of squared windows lose too many digits for an
    // inverse in single precision.
    internal const double LeastEvenness = 1e-3;

    /// <summary>Length of a frame L, in samples, at least 2.</summary>
    public int FrameLength { get; init; } = 1024;

    /// <summary>Distance between the starts of two frames, in samples; null for half the frame.</summary>
    public int? HopLength { get; init; }

    /// <summary>
    /// Length of the Fourier transform, at least <see cref="FrameLength"/>; null for the least power of two. Frames are
    /// filled up with zeros. Powers of two are several times faster than other lengths.
    /// </summary>
    public int? FftLength { get; init; }

    /// <summary>Window.</summary>
    public StftWindow Window { get; init; }

    /// <summary>What happens at the ends of the signal.</summary>
    public StftPadding Padding { get; init; }

    /// <summary>Scale of the coefficients.</summary>
    public StftScaling Scaling { get; init; }

    /// <summary>The hop asked for, or half the frame.</summary>
    internal int EffectiveHopLength => HopLength ?? Math.Max(1, FrameLength / 2);

    /// <summary>The length of the transform asked for, or the least power of two that holds a frame.</summary>
    internal int EffectiveFftLength
        => FftLength ?? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)FrameLength);

    /// <summary>The same with what is automatic put in, to be compared.</summary>
    internal StftOptions Explicit => this with { HopLength = EffectiveHopLength, FftLength = EffectiveFftLength };

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the window and the hop leave samples that
    /// cannot be restored.</exception>
    internal void Validate()
    {
        Option.Require(
            FrameLength is >= 2 and <= LongestFrame, nameof(FrameLength),
            $"The frame length must be between 2 and {LongestFrame} samples, not {FrameLength}.");
        Option.Require(
            EffectiveHopLength >= 1 && EffectiveHopLength <= FrameLength, nameof(HopLength),
            $"The hop must be between 1 sample and the frame length, {FrameLength}, not {HopLength}.");
        Option.Require(
            EffectiveFftLength >= FrameLength && EffectiveFftLength <= LongestFrame, nameof(FftLength),
            "The length of the Fourier transform must be between the frame length, "
            + $"{FrameLength}, and {LongestFrame}, not {FftLength}.");
        Option.Require(Enum.IsDefined(Window), nameof(Window), $"There is no window {Window}.");
        Option.Require(Enum.IsDefined(Padding), nameof(Padding), $"There is no padding {Padding}.");
        Option.Require(
            Padding != StftPadding.Reflected || EffectiveHopLength <= FrameLength / 2, nameof(HopLength),
            $"With a reflected signal the hop may be half the frame, {FrameLength / 2}, not {HopLength}.");
        Option.Require(Enum.IsDefined(Scaling), nameof(Scaling), $"There is no scaling {Scaling}.");
        var sums = Windows.SumsOfSquares(Windows.Create(Window, FrameLength), EffectiveHopLength);
        Option.Require(
            sums.Min() >= LeastEvenness * sums.Max(), nameof(HopLength),
            $"{Window} windows of {FrameLength} samples at a hop of {EffectiveHopLength} leave samples that "
            + "no frame weighs enough to restore the signal. Choose a smaller hop.");
    }
}
