using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What is known of other factorisations of the same WH, apart from the order of components and their
/// scale.</summary>
public enum Uniqueness
{
    /// <summary>There is no other.</summary>
    Unique,

    /// <summary>None of the others has a smaller volume of W: what minimum-volume and separable factorisation
    /// look for.</summary>
    UniqueOfLeastVolume,

    /// <summary>There are others, and how far they go is known.</summary>
    NotUnique,

    /// <summary>Neither a certificate nor a counterexample was found.</summary>
    Unknown,
}

/// <summary>
/// Whether a factorisation is the only one of its product. Most are not, and a component that can be mixed with another
/// at no cost should not be given a name; where both factors are sufficiently scattered no other exists.
/// </summary>
/// <remarks>
/// In the order in which they are asked: one component is unique; an exchange between two components that changes
/// nothing is a counterexample (Laurberg et al. 2008); both factors sufficiently scattered is a certificate (Huang,
/// Sidiropoulos and Swami 2014); H sufficiently scattered and W of full column rank is one for the least volume (Fu,
/// Ma, Huang and Sidiropoulos 2015; Lin et al. 2015), which separable H always is (Arora et al. 2012). No necessary and
/// sufficient condition is known that could be checked, so that there is a fourth answer.
/// <para>All of this speaks of the product WH, not of the data: other local minima, and other models that fit the data
/// as well, are what <see cref="SolutionStability"/> looks for. Penalties may choose one of several
/// factorisations.</para>
/// </remarks>
public static class Identifiability
{
    /// <summary>Looks for certificates and counterexamples.</summary>
    /// <param name="dictionary">W, features x K.</param>
    /// <param name="activations">H, samples x K.</param>
    /// <param name="tolerance">Entries below this part of the largest of their column count as zero, and exchanges of
    /// smaller shares do not count. Multiplicative updates come near to zero and do not get there.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <remarks>Takes O((F + N) K²) for the exchanges. Whether a factor is sufficiently scattered is decided by all
    /// extreme rays of its dual cone, exponentially many in K in the worst case: beyond a fixed amount of work, some
    /// seconds, the answer is <see cref="ScatterCondition.Undecided"/>.</remarks>
    /// <exception cref="ArgumentException">The factors have different numbers of components or none, or an entry is
    /// negative or not finite; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not between 0 and 1.</exception>
    public static IdentifiabilityReport Of<T>(
        Matrix<T> dictionary, Matrix<T> activations, double tolerance = 1e-3,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(activations);
        if (!(tolerance >= 0 && tolerance < 1))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance is a part of one.");
        if (dictionary.Columns != activations.Columns || dictionary.Columns == 0)
        {
            throw new ArgumentException(
                $"The dictionary has {dictionary.Columns} components, the activations have {activations.Columns}: "
                + "they must have the same, and one at least.", nameof(activations));
        }

        var (w, wLargest) = Scaled(dictionary, "dictionary");
        var (h, hLargest) = Scaled(activations, "activations");
        int[] live = [.. Enumerable.Range(0, w.Columns).Where(k => wLargest[k] > 0 && hLargest[k] > 0)];
        int[] empty = [.. Enumerable.Range(0, w.Columns).Except(live)];
        (w, h) = (Kept(w, live, tolerance), Kept(h, live, tolerance));
        var exchanges = ComponentExchange.Of(w, h, live).FindAll(exchange => exchange.Share > tolerance);

        IdentifiabilityReport Report(bool unitSums)
        {
            var (dictionaryScale, activationScale) = Scales(w, live, wLargest, hLargest, unitSums);
            return new IdentifiabilityReport(
                empty,
                FactorScatter.Of(Times(w, dictionaryScale), cancellationToken),
                FactorScatter.Of(Times(h, activationScale), cancellationToken),
                [.. exchanges], unitSums);
        }

        // The condition depends on how W and H share their scale, uniqueness does not, and the least volume is that
        // among factorisations of one scale: columns of W that sum to one, where samples divided by their sums are
        // points of a simplex, or as given (abundances that sum to one), unless that is no scale to compute in.
        var ofUnitSums = Report(unitSums: true);
        double[] given = [.. live.Select(k => wLargest[k] / wLargest.Max())];
        if (ofUnitSums.Verdict is Uniqueness.Unique or Uniqueness.NotUnique || !(given.DefaultIfEmpty().Min() > 1e-6))
            return ofUnitSums;
        var asGiven = Report(unitSums: false);
        return asGiven.Verdict < ofUnitSums.Verdict ? asGiven : ofUnitSums;
    }

    private static (Matrix<double> Copy, double[] Largest) Scaled<T>(Matrix<T> factor, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = new double[factor.Columns];
        for (var n = 0; n < factor.Rows; n++)
        {
            var row = factor.Row(n);
            for (var k = 0; k < row.Length; k++)
            {
                var value = double.CreateTruncating(row[k]);
                if (!(value >= 0) || double.IsInfinity(value))
                    throw new ArgumentException(
                        $"The {name} must be nonnegative and finite, but row {n}, component {k} is {value}.", name);
                largest[k] = Math.Max(largest[k], value);
            }
        }

        var copy = new Matrix<double>(factor.Rows, factor.Columns);
        for (var n = 0; n < factor.Rows; n++)
        {
            for (var k = 0; k < largest.Length; k++)
                copy[n, k] = largest[k] > 0 ? double.CreateTruncating(factor[n, k]) / largest[k] : 0;
        }

        return (copy, largest);
    }

    private static Matrix<double> Kept(Matrix<double> factor, int[] live, double tolerance)
    {
        var kept = new Matrix<double>(factor.Rows, live.Length);
        for (var n = 0; n < factor.Rows; n++)
        {
            for (var k = 0; k < live.Length; k++)
                kept[n, k] = factor[n, live[k]] is var value && value > tolerance ? value : 0;
        }

        return kept;
    }

    // What the columns, whose largest entries are one, have to be multiplied by; only ratios between components matter.
    // Where one component is in units of 1e-200 and another of 1e150, as rows of a catalogue may be, products are not
    // numbers, their logarithms are.
    private static (double[] Dictionary, double[] Activations) Scales(
        Matrix<double> dictionary, int[] live, double[] wLargest, double[] hLargest, bool unitSums)
    {
        var (forW, forH) = (new double[live.Length], new double[live.Length]);
        for (var k = 0; k < live.Length; k++)
        {
            (forW[k], forH[k]) = (wLargest[live[k]] / wLargest.Max(), Math.Log(hLargest[live[k]]));
            if (!unitSums)
                continue;
            double sum = 0;
            for (var f = 0; f < dictionary.Rows; f++)
                sum += dictionary[f, k];
            (forW[k], forH[k]) = (1 / sum, forH[k] + Math.Log(wLargest[live[k]]) + Math.Log(sum));
        }

        var most = forH.DefaultIfEmpty().Max();
        return (forW, Array.ConvertAll(forH, logarithm => Math.Exp(logarithm - most)));
    }

    private static Matrix<double> Times(Matrix<double> factor, double[] scale)
    {
        var product = factor.Clone();
        for (var n = 0; n < product.Rows; n++)
            TensorPrimitives.Multiply(product.Row(n), scale, product.Row(n));
        return product;
    }
}
