using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What is done to the components once a fit has ended: scale, order, and the figures that
/// describe them.</summary>
internal static class Components
{
    // What is below has no inverse square in double.
    private const double SmallestSize = 1e-150;

    // A component with so small a part of WH is dead, if its column of W is so small, too.
    private const double SmallestShare = 1e-50;

    /// <summary>Scales the columns of W by the convention and those of H inversely; WH stays the same. A column that
    /// is zero, or that penalties have driven to nothing, becomes zero in both. Known columns, the first ones, keep
    /// their scale.</summary>
    /// <returns>What the columns of H were multiplied by.</returns>
    public static double[] Rescale<T>(
        Matrix<T> dictionary, Matrix<T> activations, ComponentScale convention, int known = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[dictionary.Columns];
        FactorKernels.ColumnSums(activations, sums);
        var size = Rescale(dictionary, sums, convention, known);
        if (convention != ComponentScale.None)
            FactorKernels.ScaleColumns<T>(activations, size);
        return size;
    }

    /// <summary>The same of activations that are elsewhere.</summary>
    /// <param name="dictionary">W.</param>
    /// <param name="sums">Column sums of H.</param>
    /// <param name="convention">The convention.</param>
    /// <param name="known">How many of the first columns keep their scale.</param>
    public static double[] Rescale<T>(
        Matrix<T> dictionary, double[] sums, ComponentScale convention, int known = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = new double[dictionary.Columns];
        if (convention == ComponentScale.None)
        {
            Array.Fill(size, 1);
            return size;
        }

        for (var f = 0; f < dictionary.Rows; f++)
        {
            var row = dictionary.Row(f);
            for (var k = 0; k < size.Length; k++)
            {
                var value = double.CreateChecked(row[k]);
                size[k] += convention == ComponentScale.UnitSum ? value : value * value;
            }
        }

        if (convention == ComponentScale.UnitNorm)
        {
            for (var k = 0; k < size.Length; k++)
                size[k] = Math.Sqrt(size[k]);
        }

        size.AsSpan(0, known).Fill(1);
        if (Array.Exists(size, s => s < SmallestSize))
        {
            var shares = Contributions(dictionary, sums);
            for (var k = 0; k < size.Length; k++)
                size[k] = size[k] < SmallestSize && shares[k] < SmallestShare ? 0 : size[k];
        }

        FactorKernels.ScaleColumns<T>(dictionary, Array.ConvertAll(size, s => s > 0 ? 1 / s : 0));
        return size;
    }

    /// <summary>Share of each component in the sum of all entries of WH.</summary>
    public static double[] Contributions<T>(Matrix<T> dictionary, Matrix<T> activations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[dictionary.Columns];
        FactorKernels.ColumnSums(activations, sums);
        return Contributions(dictionary, sums);
    }

    /// <summary>The same of column sums of H.</summary>
    public static double[] Contributions<T>(Matrix<T> dictionary, double[] sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shares = new double[dictionary.Columns];
        FactorKernels.ColumnSums(dictionary, shares);
        for (var k = 0; k < shares.Length; k++)
            shares[k] *= sums[k];
        var total = shares.Sum();
        for (var k = 0; k < shares.Length; k++)
            shares[k] = total > 0 ? shares[k] / total : 0;
        return shares;
    }

    /// <summary>Some of the components of a factor, in the order asked for.</summary>
    public static Matrix<T> Select<T>(Matrix<T> factor, int[] order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var selected = new Matrix<T>(factor.Rows, order.Length);
        for (var i = 0; i < factor.Rows; i++)
        {
            var source = factor.Row(i);
            var target = selected.Row(i);
            for (var k = 0; k < order.Length; k++)
                target[k] = source[order[k]];
        }

        return selected;
    }

    /// <summary>Permutes the components of both factors so that contributions decrease; ties
    /// keep their order.</summary>
    /// <returns>For each new place the old one.</returns>
    public static int[] SortByContribution<T>(Matrix<T> dictionary, Matrix<T> activations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var order = Order(Contributions(dictionary, activations));
        Permute(dictionary, order);
        Permute(activations, order);
        return order;
    }

    /// <summary>The components by decreasing contribution; ties keep their order.</summary>
    public static int[] Order(double[] shares)
        => [.. Enumerable.Range(0, shares.Length).OrderByDescending(k => shares[k])];

    /// <summary>Sets to zero what no observed entry has touched: dictionary rows of features, but for known columns,
    /// the first ones, and activations of samples that have none.</summary>
    public static void ClearUnobserved<T>(NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, int known)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ClearUnobserved(data.ObservedFeatures, dictionary, known);

        for (var n = 0; data.HasMissingEntries && n < data.Samples; n++)
        {
            if (!data.HasObserved(n))
                activations.Row(n).Clear();
        }
    }

    /// <summary>The same of the dictionary.</summary>
    public static void ClearUnobserved<T>(bool[]? observedFeatures, Matrix<T> dictionary, int known = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var f = 0; observedFeatures is not null && f < observedFeatures.Length; f++)
        {
            if (!observedFeatures[f])
                dictionary.Row(f)[known..].Clear();
        }
    }

    private static void Permute<T>(Matrix<T> factor, int[] order)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var copy = new T[order.Length];
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            row.CopyTo(copy);
            for (var k = 0; k < order.Length; k++)
                row[k] = copy[order[k]];
        }
    }
}
