using System.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The discrete Fourier transform of complex sequences, in place, unscaled, without allocation, in O(N log N) for any
/// length N. Not thread-safe.
/// </summary>
internal abstract class ComplexFourierTransform(int length)
{
    /// <summary>Number of values N.</summary>
    public int Length { get; } = length;

    /// <summary>Prepares transforms of one length, at least 1.</summary>
    public static ComplexFourierTransform Create(int length)
        => int.IsPow2(length) ? new PowerOfTwoTransform(length) : new ChirpTransform(length);

    /// <summary>X_k = Σ x_t exp(-2πi kt/N).</summary>
    /// <param name="values">N values, replaced by their transform.</param>
    public void Forward(Span<Complex> values)
    {
        if (values.Length != Length)
            throw new ArgumentException($"There are {values.Length} values, not {Length}.", nameof(values));
        Transform(values);
    }

    private protected abstract void Transform(Span<Complex> values);
}
