namespace Nmf;

/// <summary>What is known of data once every sample was looked at.</summary>
internal sealed class DataSummary
{
    /// <summary>Sum of the observed entries, each times its weight.</summary>
    public double Sum { get; set; }

    /// <summary>Sum of their squares, each times its weight.</summary>
    public double SumOfSquares { get; set; }

    /// <summary>Sum of the weights of the observed entries: their number where there are no weights.</summary>
    public double Weight { get; set; }

    /// <summary>Number of observed entries.</summary>
    public long Observed { get; set; }

    /// <summary>The first observed zero in a sample that counts, or (-1, -1).</summary>
    public (long Sample, int Feature) FirstZero { get; set; } = (-1, -1);

    /// <summary>Features that have an observed entry in a sample that counts, or null where all have.</summary>
    public bool[]? ObservedFeatures { get; set; }

    /// <summary>Sum of every sample, or null where they were not kept; there may be room for more samples.</summary>
    public double[]? SampleSums { get; set; }

    /// <summary>That of the same data multiplied by 2^exponent: a power of two changes no digit of a sum.</summary>
    public DataSummary Multiplied(int exponent) => new()
    {
        Sum = Math.ScaleB(Sum, exponent),
        SumOfSquares = Math.ScaleB(SumOfSquares, 2 * exponent),
        Weight = Weight,
        Observed = Observed,
        FirstZero = FirstZero,
        ObservedFeatures = ObservedFeatures,
    };

    /// <exception cref="NmfDataException">The sum of all entries is infinite.</exception>
    public void RequireFiniteSum()
    {
        if (double.IsInfinity(Sum))
            throw new NmfDataException(
                "The entries are so large that their sum overflows. Divide the data by a constant.");
    }
}
