using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>A first guess of the images of sources of which nothing is known but, perhaps, when they are heard: masks
/// of the mixture.</summary>
internal static class BlindSources
{
    /// <summary>Images that add up to the mixture, but for frames in which no source may be heard; those of sources
    /// that were not found are silent.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="options">Sources, mixing and activity.</param>
    /// <param name="cancellationToken">Looked at before every frame and frequency.</param>
    /// <returns>The images, and of instantaneous mixtures the gains of every source; zeros of one that was not
    /// found.</returns>
    public static (MultichannelSpectrogram[] Images, double[][]? Directions) Find(
        MultichannelSpectrogram mixture, MultichannelOptions options, CancellationToken cancellationToken)
    {
        var heard = options.Activity?.Frames(options.Sources, mixture);
        var (masks, directions) = options.Mixing == MixingKind.Instantaneous
            ? PannedMasks.Find(mixture, options.Sources, heard, cancellationToken)
            : (FrequencyMasks.Find(mixture, options.Sources, heard, options.Threads, cancellationToken), null);
        return ([.. masks.Select(mask => new MultichannelSpectrogram(
            mixture.SampleRate, [.. mixture.Channels.Select(channel => Masked(channel, mask))]))], directions);
    }

    private static Spectrogram Masked(Spectrogram channel, Matrix<float> mask)
    {
        var image = new Spectrogram(channel.Stft, channel.Frames, channel.SignalLength);
        for (var n = 0; n < image.Frames; n++)
        {
            var from = channel.Frame(n);
            var to = image.Frame(n);
            for (var f = 0; f < to.Length; f++)
                to[f] = mask[n, f / 2] * from[f];
        }

        return image;
    }
}
