namespace Nmf;

/// <summary>
/// How the samples of a data set are divided into sequences: consecutive samples in the order of time, one sequence
/// after the other. Nothing couples the last sample of one to the first of the next.
/// </summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
public sealed class SequenceLayout
{
    private readonly int[] _starts;

    private SequenceLayout(int[] starts) => _starts = starts;

    /// <summary>Number of sequences.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Number of samples of all sequences.</summary>
    public int Samples => _starts[^1];

    /// <summary>All samples are one sequence.</summary>
    /// <param name="samples">Number of samples, greater than zero.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    internal static SequenceLayout One(int samples) => FromLengths([samples]);

    /// <summary>Sequences of given lengths.</summary>
    /// <param name="lengths">Number of samples of each sequence, in order, each greater than zero.</param>
    /// <exception cref="ArgumentException">There is no sequence, or one is empty.</exception>
    public static SequenceLayout FromLengths(ReadOnlySpan<int> lengths)
    {
        if (lengths.IsEmpty)
            throw new ArgumentException("There must be at least one sequence.", nameof(lengths));
        var starts = new int[lengths.Length + 1];
        for (var s = 0; s < lengths.Length; s++)
        {
            if (lengths[s] < 1)
                throw new ArgumentException(
                    $"Sequence {s} has {lengths[s]} samples, but a sequence has at least one.", nameof(lengths));
            if (lengths[s] > int.MaxValue - starts[s])
                throw new ArgumentException(
                    $"The first {s + 1} sequences have more than {int.MaxValue} samples.", nameof(lengths));
            starts[s + 1] = starts[s] + lengths[s];
        }

        return new SequenceLayout(starts);
    }

    /// <summary>Index of the first sample of a sequence.</summary>
    /// <param name="sequence">Number of the sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int Start(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, Count);
        return _starts[sequence];
    }

    /// <summary>Index behind the last sample of a sequence.</summary>
    /// <param name="sequence">Number of the sequence.</param>
    internal int End(int sequence) => _starts[sequence + 1];

    /// <summary>Number of sequences and a mark of their lengths, for checkpoints.</summary>
    internal string Describe()
    {
        var mark = default(CheckpointFacts.DataMark);
        mark.Add<double>(Array.ConvertAll(_starts, start => (double)start), []);
        return $"{Count} with {Samples} samples, {mark}";
    }

    internal static SequenceLayout For(SequenceLayout? sequences, int samples)
    {
        sequences ??= One(samples);
        if (sequences.Samples != samples)
            throw new ArgumentException(
                $"The sequences have {sequences.Samples} samples, but the data have {samples}.", nameof(sequences));
        return sequences;
    }
}
