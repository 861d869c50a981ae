namespace Nmf.Audio;

/// <summary>
/// Separates a recording of any length with a model that is known: frames are inferred independently of each other, so
/// they are taken in blocks, and the images of the sources written as they are done. Memory for one block.
/// </summary>
internal sealed class BlockSeparation
{
    private const int BlockFrames = 256;
    private const int ReadFrames = 4096;

    private readonly MultichannelModel _model;
    private readonly WavReader _recording;
    private readonly IReadOnlyList<WavWriter> _images;
    private readonly StftAnalyzer[] _analyzers;
    private readonly StftSynthesizer[][] _synthesizers;
    private readonly MultichannelSpectrogram _block;
    private readonly float[][] _done;
    private readonly float[] _interleaved;
    private long _read;
    private long _written;
    private int _filled;

    /// <exception cref="ArgumentException">The recording or the images do not fit the model.</exception>
    public BlockSeparation(MultichannelModel model, WavReader recording, IReadOnlyList<WavWriter> images)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(images);
        Require(recording.Format, "recording", nameof(recording));
        if (images.Count != model.Sources)
            throw new ArgumentException($"There are {images.Count} files for {model.Sources} sources.", nameof(images));
        foreach (var image in images)
            Require(image.Format, "file of an image", nameof(images));
        (_model, _recording, _images) = (model, recording, images);
        var stft = model.Stft;
        _analyzers = [.. Enumerable.Range(0, model.Channels).Select(_ => stft.CreateAnalyzer())];
        _synthesizers = [.. images.Select(_ => Enumerable.Range(0, model.Channels).Select(
            _ => stft.CreateSynthesizer()).ToArray())];

        _block = new MultichannelSpectrogram(model.SampleRate, [.. _analyzers.Select(
            _ => new Spectrogram(stft, BlockFrames, stft.SampleCount(BlockFrames)))]);
        _done = [.. _analyzers.Select(_ => new float[((BlockFrames + 1) * stft.HopLength) + stft.FrameLength])];
        _interleaved = new float[_done[0].Length * model.Channels];

        void Require(WavFormat format, string what, string name)
        {
            if (format.Channels != model.Channels || format.SampleRate != model.SampleRate)
                throw new ArgumentException(
                    $"The {what} has {format.Channels} channels at {format.SampleRate} Hz, the model "
                    + $"{model.Channels} at {model.SampleRate} Hz.", name);
        }
    }

    /// <summary>Separates everything.</summary>
    public void Run(int? threads, CancellationToken cancellationToken)
    {
        var channels = _analyzers.Length;
        var samples = new float[ReadFrames * channels];
        var ofChannel = new float[ReadFrames];
        for (var count = _recording.Read(samples); count > 0; count = _recording.Read(samples))
        {
            // As many frames are full in every channel; each waits until all have been pushed.
            for (var from = 0; from < count;)
            {
                var taken = 0;
                for (var i = 0; i < channels; i++)
                {
                    for (var t = from; t < count; t++)
                        ofChannel[t] = samples[(t * channels) + i];
                    taken = _analyzers[i].Push(ofChannel.AsSpan(from..count));
                }

                (from, _read) = (from + taken, _read + taken);
                ReadFramesOf(threads, cancellationToken);
            }
        }

        foreach (var analyzer in _analyzers)
            analyzer.Complete();
        ReadFramesOf(threads, cancellationToken);
        Finish(threads, cancellationToken);
    }

    private void ReadFramesOf(int? threads, CancellationToken cancellationToken)
    {
        while (_analyzers[0].TryRead(_block.Channels[0].Frame(_filled)))
        {
            for (var i = 1; i < _analyzers.Length; i++)
                _analyzers[i].TryRead(_block.Channels[i].Frame(_filled));
            if (++_filled == BlockFrames)
                Separate(threads, isLast: false, cancellationToken);
        }
    }

    private void Finish(int? threads, CancellationToken cancellationToken)
    {
        for (var n = _filled; n < BlockFrames; n++)
        {
            foreach (var channel in _block.Channels)
                channel.Frame(n).Clear();
        }

        Separate(threads, isLast: true, cancellationToken);
    }

    private void Separate(int? threads, bool isLast, CancellationToken cancellationToken)
    {
        var activations = _filled == 0 ? null
            : _model.Infer(_block, threads: threads, cancellationToken: cancellationToken);
        long written = 0;
        for (var j = 0; j < _images.Count; j++)
        {
            var image = activations is null ? null
                : _model.SourceImage(_block, activations, j, cancellationToken: cancellationToken);
            var count = 0;
            for (var i = 0; i < _analyzers.Length; i++)
            {
                count = 0;
                for (var n = 0; n < _filled; n++)
                    count += _synthesizers[j][i].Push(image!.Channels[i].Frame(n), _done[i].AsSpan(count));
                if (isLast)
                    count += _synthesizers[j][i].Complete(_done[i].AsSpan(count));
            }

            written = Math.Min(count, _read - _written);
            Write(_images[j], (int)written);
        }

        _written += written;
        _filled = 0;
    }

    private void Write(WavWriter writer, int count)
    {
        var channels = _done.Length;
        for (var i = 0; i < channels; i++)
        {
            for (var t = 0; t < count; t++)
                _interleaved[(t * channels) + i] = _done[i][t];
        }

        writer.Write(_interleaved.AsSpan(0, count * channels));
    }
}
