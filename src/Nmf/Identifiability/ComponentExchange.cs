using Nmf.Kernels;

namespace Nmf;

/// <summary>How much of one component can be given to another without changing WH at all: columns w_k and w_l and
/// activations h_k and h_l may be replaced by w_l + t w_k and h_k - t h_l for every t from -s to u.</summary>
public sealed class ComponentExchange
{
    internal ComponentExchange(int from, int to, double activationShare, double dictionaryShare)
    {
        From = from;
        To = to;
        ActivationShare = activationShare;
        DictionaryShare = dictionaryShare;
    }

    /// <summary>The component k whose activations h_k shrink.</summary>
    public int From { get; }

    /// <summary>The component l whose column w_l takes what they had.</summary>
    public int To { get; }

    /// <summary>The part of all that component k contributes to WH that the largest t moves to component l: 0 where a
    /// sample has l and not k.</summary>
    public double ActivationShare { get; }

    /// <summary>The part of column w_l that the least t, a negative one, takes away and gives back as activation of k:
    /// 0 where a feature has k and not l.</summary>
    public double DictionaryShare { get; }

    /// <summary>The larger of both parts.</summary>
    public double Share => Math.Max(ActivationShare, DictionaryShare);

    // W (I + tE) and (I - tE) H are another factorisation, E with its one in row k and column l, as long as both are
    // nonnegative (Laurberg, Christensen, Plumbley, Hansen and Jensen 2008).
    internal static List<ComponentExchange> Of(
        Matrix<double> dictionary, Matrix<double> activations, ReadOnlySpan<int> numbers)
    {
        var (sums, sizes) = (ColumnSums(dictionary), ColumnSums(activations));
        var exchanges = new List<ComponentExchange>();
        for (var k = 0; k < sums.Length; k++)
        {
            for (var l = 0; l < sums.Length; l++)
            {
                if (k == l)
                    continue;
                var (up, down) = (LeastRatio(activations, k, l), LeastRatio(dictionary, l, k));
                if (up > 0 || down > 0)
                {
                    exchanges.Add(new(
                        numbers[k], numbers[l],
                        Math.Min(1, up * sizes[l] / sizes[k]), Math.Min(1, down * sums[k] / sums[l])));
                }
            }
        }

        exchanges.Sort((first, second) => second.Share.CompareTo(first.Share));
        return exchanges;
    }

    private static double LeastRatio(Matrix<double> factor, int numerator, int denominator)
    {
        var least = double.PositiveInfinity;
        for (var n = 0; least > 0 && n < factor.Rows; n++)
        {
            var row = factor.Row(n);
            if (row[denominator] > 0)
                least = Math.Min(least, row[numerator] / row[denominator]);
        }

        return least;
    }

    private static double[] ColumnSums(Matrix<double> factor)
    {
        var sums = new double[factor.Columns];
        for (var n = 0; n < factor.Rows; n++)
        {
            for (var k = 0; k < sums.Length; k++)
                sums[k] += factor[n, k];
        }

        return sums;
    }
}
