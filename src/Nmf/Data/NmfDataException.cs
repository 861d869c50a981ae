namespace Nmf;

/// <summary>The data cannot be factorised; says where and why.</summary>
public sealed class NmfDataException : ArgumentException
{
    /// <summary>An error about the data as a whole.</summary>
    internal NmfDataException(string message)
        : base(message)
    {
    }

    /// <summary>An error about one entry.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="sample">Row of the entry, from 0.</param>
    /// <param name="feature">Column of the entry, from 0.</param>
    /// <param name="value">The entry.</param>
    internal NmfDataException(string message, long sample, int feature, double value)
        : base(message)
    {
        Sample = sample;
        Feature = feature;
        Value = value;
    }

    /// <summary>Row of the offending entry, from 0, or -1.</summary>
    public long Sample { get; } = -1;

    /// <summary>Column of the offending entry, from 0, or -1.</summary>
    public int Feature { get; } = -1;

    /// <summary>The offending entry, or NaN.</summary>
    public double Value { get; } = double.NaN;
}
