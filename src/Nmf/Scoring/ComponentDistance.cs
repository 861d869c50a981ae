using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How different two components, columns of dictionaries, are. None depends on the scale of either.</summary>
public enum ComponentDistance
{
    /// <summary>1 - cosine of the angle between them: 0 for the same direction, 1 for no common feature.</summary>
    Cosine,

    /// <summary>1 - Pearson correlation over the features, 0 to 2. A constant column has correlation 0
    /// with everything.</summary>
    Correlation,

    /// <summary>The angle between them in radians, 0 to π/2 for nonnegative components (Kruse et al. 1993).</summary>
    SpectralAngle,
}

/// <summary>Distances between components.</summary>
internal static class ComponentDistances
{
    /// <summary>All distances between the columns of two dictionaries.</summary>
    /// <param name="first">features x K.</param>
    /// <param name="second">features x L, with the same features.</param>
    /// <param name="distance">Which distance.</param>
    /// <returns>K x L distances. A column of zeros is orthogonal to everything.</returns>
    /// <remarks>Takes O(F K L) time and a copy of both dictionaries in double. Thread-safe.</remarks>
    /// <exception cref="ArgumentException">The numbers of features differ.</exception>
    public static double[,] Between<T>(
        Matrix<T> first, Matrix<T> second, ComponentDistance distance = ComponentDistance.Cosine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Rows != second.Rows)
            throw new ArgumentException(
                $"The components have {first.Rows} and {second.Rows} features. They must be the same.", nameof(second));
        if (!Enum.IsDefined(distance))
            throw new ArgumentOutOfRangeException(nameof(distance), distance, "There is no such distance.");
        var centred = distance == ComponentDistance.Correlation;
        var (a, b) = (Directions(first, centred), Directions(second, centred));
        var distances = new double[a.Length, b.Length];
        for (var k = 0; k < a.Length; k++)
        {
            for (var l = 0; l < b.Length; l++)
                distances[k, l] = distance == ComponentDistance.SpectralAngle
                    ? SpectralAngle.BetweenDirections(a[k], b[l])
                    : Math.Max(0, 1 - TensorPrimitives.Dot<double>(a[k], b[l]));
        }

        return distances;
    }

    /// <summary>The columns of a matrix, each divided by its norm; a column of zeros stays zero.</summary>
    internal static double[][] Directions<T>(Matrix<T> matrix, bool centred = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var columns = new double[matrix.Columns][];
        for (var k = 0; k < columns.Length; k++)
            columns[k] = new double[matrix.Rows];
        for (var f = 0; f < matrix.Rows; f++)
        {
            var row = matrix.Row(f);
            for (var k = 0; k < columns.Length; k++)
                columns[k][f] = double.CreateTruncating(row[k]);
        }

        foreach (var column in columns)
        {
            if (centred)
                Centre(column);
            Normalize(column);
        }

        return columns;
    }

    /// <summary>Divides by the norm; zeros stay zero.</summary>
    internal static void Normalize(Span<double> vector)
    {
        // Scaled first, so that squares neither overflow nor vanish.
        var largest = vector.IsEmpty ? 0 : TensorPrimitives.MaxMagnitude<double>(vector);
        largest = Math.Abs(largest);
        if (largest == 0)
            return;
        TensorPrimitives.Divide(vector, largest, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
    }

    private static void Centre(double[] column)
    {
        // The mean of equal numbers is off by rounding, which must not become a direction.
        if (!column.AsSpan().ContainsAnyExcept(column[0]))
        {
            Array.Clear(column);
            return;
        }

        TensorPrimitives.Subtract(column, TensorPrimitives.Sum<double>(column) / column.Length, column);
    }
}
