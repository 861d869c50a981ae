using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>
/// Which topics are in the same texts, as a walk: from a topic to a text, as often as the text has words of it, and on
/// to a topic of that text, as often as its share.
/// </summary>
/// <remarks>Adding a text takes O(K) time for each topic that it has, and memory is K x K, however many texts there
/// are. Not thread-safe.</remarks>
public sealed class SharedTexts
{
    // Smaller shares are zeros that multiplicative updates have not quite reached.
    private const double LeastShare = 1e-6;

    private readonly double[][] _together;

    /// <summary>No text so far.</summary>
    /// <param name="topics">K, the number of topics.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no topic.</exception>
    public SharedTexts(int topics)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topics, 1);
        _together = new double[topics][];
        for (var t = 0; t < topics; t++)
            _together[t] = new double[topics];
    }

    /// <summary>Number of topics.</summary>
    public int Topics => _together.Length;

    /// <summary>Adds all texts of a fit.</summary>
    /// <param name="activations">H, texts x topics, for dictionary columns of sum one.</param>
    /// <exception cref="ArgumentException">A number is negative or not finite.</exception>
    public static SharedTexts Of<T>(Matrix<T> activations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(activations);
        var texts = new SharedTexts(activations.Columns);
        var amounts = new double[activations.Columns];
        for (var n = 0; n < activations.Rows; n++)
        {
            TensorPrimitives.ConvertTruncating(activations.Row(n), amounts);
            texts.Add(amounts);
        }

        return texts;
    }

    /// <summary>Adds a text.</summary>
    /// <param name="amounts">How much of each topic is in it, in words; all zero for a text without topics.</param>
    /// <exception cref="ArgumentException">There are more or fewer numbers than topics, or one is negative or not
    /// finite.</exception>
    public void Add(ReadOnlySpan<double> amounts)
    {
        if (amounts.Length != Topics)
        {
            throw new ArgumentException(
                $"There are {amounts.Length} amounts, but {Topics} topics.", nameof(amounts));
        }

        double sum = 0;
        for (var t = 0; t < amounts.Length; t++)
        {
            if (!double.IsFinite(amounts[t]) || amounts[t] < 0)
            {
                throw new ArgumentException(
                    $"The amount of topic {t} is {amounts[t]}. It must be finite and not negative.", nameof(amounts));
            }

            sum += amounts[t];
        }

        for (var t = 0; t < amounts.Length && sum > 0; t++)
        {
            if (amounts[t] > LeastShare * sum)
                TensorPrimitives.MultiplyAdd(amounts, amounts[t] / sum, _together[t], _together[t]);
        }
    }

    /// <summary>Where a walk of some steps ends: for every topic the probabilities of all. A topic in no text stays
    /// where it is.</summary>
    internal double[][] Walk(int steps)
    {
        var one = new double[Topics][];
        for (var t = 0; t < Topics; t++)
        {
            one[t] = [.. _together[t]];
            var sum = TensorPrimitives.Sum(_together[t]);
            if (sum > 0)
                TensorPrimitives.Divide(one[t], sum, one[t]);
            else
                one[t][t] = 1;
        }

        var walk = one;
        for (var step = 1; step < steps; step++)
            walk = Product(walk, one);
        return walk;
    }

    /// <summary>The product of two matrices of rows.</summary>
    internal static double[][] Product(double[][] left, double[][] right)
    {
        var product = new double[left.Length][];
        Parallel.For(0, left.Length, i =>
        {
            product[i] = new double[right[0].Length];
            for (var j = 0; j < right.Length; j++)
            {
                if (left[i][j] > 0)
                    TensorPrimitives.MultiplyAdd(right[j], left[i][j], product[i], product[i]);
            }
        });
        return product;
    }
}
