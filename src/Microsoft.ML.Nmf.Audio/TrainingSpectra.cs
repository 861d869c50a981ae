using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Audio;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The spectra that a dictionary is learnt from: a uniform random sample of the frames of all clips (reservoir
/// sampling, Vitter 1985), so that memory does not grow with the set. Frames of silence are left out.
/// </summary>
/// <param name="Data">The spectra, scaled.</param>
/// <param name="Scaling">How they were scaled.</param>
/// <param name="Stft">The transform of the frames.</param>
/// <param name="SampleRate">Sample rate of the clips, or null where it is not known.</param>
internal sealed record TrainingSpectra(NmfData<float> Data, SpectralScaling Scaling, Stft Stft, int? SampleRate)
{
    /// <summary>Reads all clips once.</summary>
    /// <exception cref="NmfDataException">A clip cannot be used, or all are silent.</exception>
    public static TrainingSpectra Read(
        IHost host, IChannel channel, IDataView input, AudioNmfEstimator.Options options, int seed,
        FitCancellation cancellation)
    {
        var column = AudioColumn.ForInput(
            host, input.Schema, options.EffectiveInputColumnName, options.SampleRateColumnName);
        using var cursor = input.GetRowCursor(column.All);
        var clips = new ClipSpectra(
            host, column, cursor, options.StftFor, options.Spectrum, new() { ReadTruncated = options.ReadTruncated },
            options.SampleRate);
        var random = new Random(seed);
        var kept = new List<float[]>();
        long count = 0, seen = 0;
        while (cursor.MoveNext())
        {
            clips.Read(Keep, cancellation.ThrowIfRequested);
            count++;
        }

        channel.Info("{0} clips with {1} frames that are not silent, {2} of which are used.", count, seen, kept.Count);
        if (clips.FirstWarning is { } warning)
            channel.Warning("Something was left out of {0} files. {1}", clips.IncompleteFiles, warning);
        if (clips.SampleRate is null && options.Stft is null)
        {
            channel.Warning(
                "The sample rate of column '{0}' is not known, so a frame has {1} samples, as at 16 kHz. Set "
                + "SampleRate, SampleRateColumnName or Stft.", column.Column.Name, clips.Stft?.FrameLength ?? 0);
        }

        if (kept.Count == 0)
            throw host.Process(new NmfDataException($"Column '{column.Column.Name}' has {count} clips, "
                + "and all of them are silent: there is nothing to factorize."));
        var spectra = new Matrix<float>(kept.Count, clips.Stft!.Bins);
        for (var n = 0; n < kept.Count; n++)
            kept[n].CopyTo(spectra.Row(n));
        var scaling = SpectralScaling.For(spectra);
        return new TrainingSpectra(scaling.ToData(spectra), scaling, clips.Stft, clips.SampleRate);

        void Keep(Span<float> spectrum)
        {
            if (!spectrum.ContainsAnyExcept(0f))
                return;
            seen++;
            if (kept.Count < options.MaximumTrainingFrames)
            {
                kept.Add(spectrum.ToArray());
                return;
            }

            var at = random.NextInt64(seen);
            if (at < kept.Count)
                spectrum.CopyTo(kept[(int)at]);
        }
    }
}
