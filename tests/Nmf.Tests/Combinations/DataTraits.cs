using Nmf.Kernels;

namespace Nmf.Tests.Combinations;

/// <summary>What data may have.</summary>
[Flags]
internal enum DataTraits
{
    None = 0,
    Sparse = 1,
    Missing = 2,
    SampleWeights = 4,
    EntryWeights = 8,
}

/// <summary>The same small problem with and without each of them; all values are between 0 and 1, so that every measure
/// of fit allows them.</summary>
internal static class CombinationData
{
    public const int Samples = 19;
    public const int Features = 13;
    public const int Rank = 3;

    public static NmfData<double> Create(DataTraits traits, bool zeros)
    {
        var values =
            zeros ? TestData.Counts(Samples, Features, Rank, 1) : TestData.Positive(Samples, Features, Rank, 1);
        var largest = values.Max();
        values = [.. values.Select(
            (v, i) => traits.HasFlag(DataTraits.Missing) && i % 7 is 3 or 5 ? double.NaN : 0.9 * v / largest)];
        var data = (traits & (DataTraits.Sparse | DataTraits.Missing)) switch
        {
            DataTraits.Sparse | DataTraits.Missing => TestData.SparseObserved<double>(values, Samples, Features),
            DataTraits.Sparse => TestData.Sparse<double>(values, Samples, Features),
            _ => TestData.DenseObserved<double>(values, Samples, Features),
        };
        if (traits.HasFlag(DataTraits.EntryWeights))
        {
            var before = data;
            data = WithEntryWeights(data, values);
        }

        if (traits.HasFlag(DataTraits.SampleWeights))
        {
            var before = data;
            data = data.WithSampleWeights([.. Enumerable.Range(0, Samples).Select(n => 0.5 + (n % 3))]);
        }

        return data;
    }

    private static NmfData<double> WithEntryWeights(NmfData<double> data, double[] values)
    {
        static double Weight(int entry) => 0.4 + (entry % 5 / 4.0);
        if (!data.IsSparse)
        {
            var dense = Matrix<double>.FromRowMajor(
                [.. Enumerable.Range(0, values.Length).Select(Weight)], Samples, Features);
            return data.WithWeights(dense);
        }

        var isMissing = data.AbsentEntries == AbsentEntries.Missing;
        var stored = TestData.Stored<double>(
            [.. values.Select((v, i) => double.IsNaN(v) || (v == 0 && !isMissing) ? 0 : Weight(i))], Samples, Features,
            weight => weight > 0);
        return data.WithWeights(stored);
    }
}
