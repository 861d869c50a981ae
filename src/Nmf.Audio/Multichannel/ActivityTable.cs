using System.Globalization;

namespace Nmf.Audio;

/// <summary>A time in which a source is heard.</summary>
/// <param name="Source">Which source, from 0.</param>
/// <param name="From">Begin, in seconds, at least 0.</param>
/// <param name="To">End, in seconds, after the begin.</param>
public readonly record struct SourceActivity(int Source, double From, double To);

/// <summary>
/// When sources are heard, as a listener marks it: outside of the times given for a source it is silent, and its
/// activations are zero and stay so (user-guided separation, Ozerov, Févotte, Blouet and Durrieu, "Multichannel
/// nonnegative tensor factorization with structured constraints for user-guided audio source separation", 2011). A
/// source without a row may be heard at any time.
/// </summary>
public sealed class ActivityTable
{
    private readonly SourceActivity[] _rows;

    /// <summary>A table of rows, in any order; times of a source may overlap.</summary>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">A number is negative or not finite, or a time ends before it
    /// begins.</exception>
    public ActivityTable(IEnumerable<SourceActivity> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = [.. rows];
        for (var i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] is not ({ Source: >= 0, From: >= 0 and < double.PositiveInfinity }
                and { To: > 0 and < double.PositiveInfinity }) || !(_rows[i].To > _rows[i].From))
            {
                throw new ArgumentException(
                    $"Row {i + 1} of the activity says source {_rows[i].Source} from {_rows[i].From} to "
                    + $"{_rows[i].To} s. Sources are numbered from 0, and times begin at 0 and end after "
                    + "they begin.", nameof(rows));
            }
        }
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<SourceActivity> Rows => _rows;

    /// <summary>Reads a table: lines of <c>source,from,to</c>, times in seconds, sources numbered from 0. A first line
    /// of names, empty lines and those that begin with # are passed over; commas, semicolons and tabs
    /// separate.</summary>
    /// <param name="path">Path of a CSV file.</param>
    /// <exception cref="InvalidDataException">A line cannot be read; the message names it. Or there is
    /// none.</exception>
    public static ActivityTable Read(string path)
    {
        using var reader = new StreamReader(AudioPath.RequireNoFolder(path));
        return Read(reader);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="reader">The text; not disposed.</param>
    public static ActivityTable Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var rows = new List<SourceActivity>();
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith('#'))
                continue;
            var cells = line.Split(',', ';', '\t');
            if (rows.Count == 0 && cells[0].Trim().Equals("source", StringComparison.OrdinalIgnoreCase))
                continue;
            if (cells.Length != 3
                || !int.TryParse(cells[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var source)
                || !double.TryParse(cells[1], CultureInfo.InvariantCulture, out var from)
                || !double.TryParse(cells[2], CultureInfo.InvariantCulture, out var to)
                || source < 0 || !(from >= 0 && to > from && double.IsFinite(to)))
            {
                throw new InvalidDataException(
                    $"Line {number} of the activity is '{line}'. It must be source,from,to: a number from "
                    + "0, and two times in seconds, the second after the first.");
            }

            rows.Add(new SourceActivity(source, from, to));
        }

        return rows.Count > 0 ? new ActivityTable(rows)
            : throw new InvalidDataException("The activity has no rows: it says nothing of any source.");
    }

    /// <summary>The rows, in one line.</summary>
    public override string ToString()
        => string.Join(' ', _rows.Select(row => $"{row.Source}:{row.From:R}-{row.To:R}"));

    internal void RequireFit(int sources, MultichannelSpectrogram mixture)
    {
        // Half a frame of tolerance: what ends with the recording may have been rounded up.
        var tolerance = 0.5 * mixture.Stft.FrameLength / mixture.SampleRate;
        var seconds = (double)mixture.SignalLength / mixture.SampleRate;
        foreach (var row in _rows)
        {
            if (row.Source >= sources)
                throw new ArgumentException(
                    $"The activity names source {row.Source}, but there are {sources}, numbered from 0.");
            if (row.From >= seconds)
                throw new ArgumentException(
                    $"The activity of source {row.Source} begins at {row.From} s, but the recording has {seconds} s.");
            if (row.To > seconds + tolerance)
                throw new ArgumentException(
                    $"The activity of source {row.Source} ends at {row.To} s, after the end of the "
                    + $"recording at {seconds} s.");
        }
    }

    /// <summary>Of every source the frames in which it may be heard: those whose window reaches into a time of
    /// it.</summary>
    internal bool[][] Frames(int sources, MultichannelSpectrogram mixture)
    {
        var (stft, rate) = (mixture.Stft, (double)mixture.SampleRate);
        var masks = new bool[sources][];
        for (var j = 0; j < sources; j++)
        {
            SourceActivity[] rows = [.. _rows.Where(row => row.Source == j)];
            masks[j] = new bool[mixture.Frames];
            for (var n = 0; n < masks[j].Length; n++)
            {
                var begin = ((double)n * stft.HopLength) - stft.Lead;
                var end = begin + stft.FrameLength;
                masks[j][n] = rows.Length == 0
                    || Array.Exists(rows, row => begin < row.To * rate && end > row.From * rate);
            }
        }

        return masks;
    }
}
