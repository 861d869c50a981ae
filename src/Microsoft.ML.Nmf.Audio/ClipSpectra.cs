using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Audio;

namespace Microsoft.ML.Transforms;

/// <summary>The spectra of the frames of clips, one clip and one frame after the other, in memory for a
/// block of samples.</summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class ClipSpectra
{
    private const int BlockFrames = 4096;

    private readonly IHost _host;
    private readonly AudioColumn _column;
    private readonly DataViewRow _row;
    private readonly AudioSpectrum _kind;
    private readonly WavReadOptions _reading;
    private readonly Func<int?, Stft> _stft;
    private readonly ValueGetter<VBuffer<float>>? _waveform;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _path;
    private readonly Func<double>? _rate;
    private readonly ValueGetter<DataViewRowId> _id;
    private VBuffer<float> _samples;
    private StftAnalyzer? _analyzer;
    private float[] _frame = [];
    private float[] _spectrum = [];
    private float[] _block = [];
    private float[] _mono = [];

    /// <param name="host">For errors.</param>
    /// <param name="column">Where clips are.</param>
    /// <param name="row">The row of a cursor.</param>
    /// <param name="stft">Gives the transform of the frames by the sample rate of the clips, once that is
    /// known.</param>
    /// <param name="kind">What of a frame is visited.</param>
    /// <param name="reading">What becomes of files that are not whole.</param>
    /// <param name="sampleRate">The rate that clips must have; null for that of the first.</param>
    public ClipSpectra(
        IHost host, AudioColumn column, DataViewRow row, Func<int?, Stft> stft, AudioSpectrum kind,
        WavReadOptions reading, int? sampleRate)
    {
        (_host, _column, _row, _stft, _kind, _reading) = (host, column, row, stft, kind, reading);
        SampleRate = sampleRate;
        _id = row.GetIdGetter();
        _rate = column.CreateRateGetter(row);
        var source = row.Schema[column.Column.Index];
        if (column.IsPath)
            _path = row.GetGetter<ReadOnlyMemory<char>>(source);
        else
            _waveform = row.GetGetter<VBuffer<float>>(source);
    }

    /// <summary>What happens with the spectrum of a frame; it may be changed, but not kept.</summary>
    public delegate void Visit(Span<float> spectrum);

    /// <summary>The sample rate that clips must have; null until the first that knows its own has decided it.</summary>
    public int? SampleRate { get; private set; }

    /// <summary>The transform of the frames; null until the first clip.</summary>
    public Stft? Stft { get; private set; }

    /// <summary>Files so far of which something was left out.</summary>
    public long IncompleteFiles { get; private set; }

    /// <summary>What was left out of the first of them, and of which row; null where nothing was.</summary>
    public string? FirstWarning { get; private set; }

    /// <summary>Visits the frames of the clip of the current row.</summary>
    /// <exception cref="NmfDataException">The clip is empty, has a sample that is not finite, is no WAV file, or has
    /// another sample rate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(Visit visit, Action? alive = null)
    {
        try
        {
            if (_column.IsPath)
                ReadFile(visit, alive);
            else
                ReadWaveform(visit, alive);
            _analyzer!.Complete();
            Drain(visit);
        }
        catch (Exception e) when (e is AudioDataException or WavFormatException)
        {
            var number = RowNumber();
            throw _host.Process(new NmfDataException($"{Place(number)}: {e.Message}", number, -1, double.NaN));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw _host.Process(new IOException($"{Place(RowNumber())}: {e.Message}", e));
        }
    }

    private void ReadWaveform(Visit visit, Action? alive)
    {
        if (_rate is not null)
            RequireRate(_rate(), "The waveform");
        BeginClip();
        _waveform!(ref _samples);
        if (_samples.IsDense)
        {
            Push(_samples.GetValues(), visit, alive);
            return;
        }

        if (_mono.Length < _samples.Length)
            _mono = new float[_samples.Length];
        _samples.CopyTo(_mono);
        Push(_mono.AsSpan(0, _samples.Length), visit, alive);
    }

    private void ReadFile(Visit visit, Action? alive)
    {
        var path = default(ReadOnlyMemory<char>);
        _path!(ref path);
        if (path.IsEmpty)
            throw new AudioDataException("There is no path.");
        using var reader = WavReader.Open(path.ToString(), _reading);
        RequireRate(reader.Format.SampleRate, path.ToString());
        BeginClip();
        var channels = reader.Format.Channels;
        if (_block.Length < BlockFrames * channels)
            (_block, _mono) = (new float[BlockFrames * channels], new float[Math.Max(_mono.Length, BlockFrames)]);
        var block = _block.AsSpan(0, BlockFrames * channels);
        for (var count = reader.Read(block); count > 0; count = reader.Read(block))
        {
            for (var t = 0; t < count; t++)
            {
                float sum = 0;
                foreach (var sample in block.Slice(t * channels, channels))
                    sum += sample;
                _mono[t] = sum / channels;
            }

            Push(_mono.AsSpan(0, count), visit, alive);
        }

        if (reader.Warnings.Count == 0)
            return;
        IncompleteFiles++;
        FirstWarning ??= $"{Place(RowNumber())}: {reader.Warnings[0]}";
    }

    private void BeginClip()
    {
        if (_analyzer is not null)
        {
            _analyzer.Reset();
            return;
        }

        Stft = _stft(SampleRate);
        _analyzer = Stft.CreateAnalyzer();
        (_frame, _spectrum) = (new float[2 * Stft.Bins], new float[Stft.Bins]);
    }

    private void RequireRate(double rate, string what)
    {
        if (!(rate is >= 1 and <= int.MaxValue && double.IsInteger(rate)))
            throw new AudioDataException(
                $"{what} has a sample rate of {rate} Hz. It must be a whole number, greater than zero.");
        SampleRate ??= (int)rate;
        if (rate != SampleRate)
            throw new AudioDataException(
                $"{what} has {rate} Hz, but the factorization is for {SampleRate} Hz. Convert one of them.");
    }

    private void Push(ReadOnlySpan<float> samples, Visit visit, Action? alive)
    {
        while (!samples.IsEmpty)
        {
            samples = samples[_analyzer!.Push(samples)..];
            Drain(visit);
            alive?.Invoke();
        }
    }

    private void Drain(Visit visit)
    {
        while (_analyzer!.TryRead(_frame))
        {
            if (_kind == AudioSpectrum.Power)
                Spectra.Power(_frame, _spectrum);
            else
                Spectra.Magnitude(_frame, _spectrum);
            visit(_spectrum);
        }
    }

    private long RowNumber()
    {
        var identity = default(DataViewRowId);
        _id(ref identity);
        return ColumnGuard.NumberOf(identity, _row.Position);
    }

    private string Place(long row) => $"Column '{_column.Column.Name}', row {row}";
}
