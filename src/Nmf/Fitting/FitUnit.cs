using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What may have a unit of its own.</summary>
[Flags]
internal enum OwnUnits
{
    None = 0,
    Samples = 1,
    Features = 2,
}

/// <summary>
/// The unit in which a fit computes: the data are divided by 2^<see cref="Data"/>, which gives them a mean between 1
/// and 2, and the factors by powers that add up to it. A power of two changes no digit: a fit of 2^k V takes the path
/// of that of V, to the bit, and floors, which are absolute inside, are relative to the data. Under a divergence that
/// sees ratios alone samples and features have powers of their own where they are far from the rest. docs/math.md,
/// "Units and floors".
/// </summary>
/// <param name="data">Exponent of the data.</param>
/// <param name="dictionary">Exponent of W; that of H is the rest.</param>
/// <param name="samples">What samples have beside, or null.</param>
/// <param name="features">What features have beside, or null.</param>
internal sealed class FitUnit(int data, double dictionary, int[]? samples = null, int[]? features = null)
{
    // Samples and features whose mean is within this power of two of that of the data have no exponent of their own.
    internal const int Band = 20;

    // Digits that a mean must have: below the normal numbers there are fewer.
    private const int LeastDigits = 12;

    // The divergence of the data must be a number whatever its power.
    private const double LargestObjective = 900;

    private readonly int[]? _samples = samples;
    private readonly int[]? _features = features;

    /// <summary>Exponent of the data.</summary>
    public int Data { get; } = data;

    /// <summary>Exponent of the dictionary.</summary>
    public double Dictionary { get; } = dictionary;

    /// <summary>Exponent of the activations.</summary>
    public double Activations => Data - Dictionary;

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => Data == 0 && Dictionary == 0 && IsUniform;

    /// <summary>Whether all samples and features have the unit of the data.</summary>
    public bool IsUniform => _samples is null && _features is null;

    /// <summary>The unit of a fit.</summary>
    /// <exception cref="NmfDataException">The data are so small or so large that their digits or their divergence
    /// are lost.</exception>
    public static FitUnit Of<T>(NmfData<T> data, NmfProblem problem, NmfStart<T>? start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (problem.Entry.UnitPower is not { } power)
            return new FitUnit(0, 0);
        var exponent = ExponentOf(data, power);
        return WithOwn(
            data, exponent, problem.DictionaryExponent(exponent, start is not null)
                ?? (start is null ? exponent >> 1 : LargestExponent(start.Dictionary)), problem.OwnUnits);
    }

    /// <summary>The unit in which activations are inferred.</summary>
    public static FitUnit OfInference<T>(NmfData<T> data, NmfProblem problem, Matrix<T> dictionary, bool hasPenalty)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Of(
            data, problem.Entry.UnitPower!.Value, LargestExponent(dictionary),
            problem.Entry.UnitPower == 0 && !hasPenalty ? OwnUnits.Samples | OwnUnits.Features : OwnUnits.None);

    /// <summary>The unit of data and of a dictionary.</summary>
    /// <param name="data">Data that are not all zero.</param>
    /// <param name="power">By which power of the data the objective grows.</param>
    /// <param name="dictionary">Exponent of the dictionary; null for half of that of the data.</param>
    /// <param name="own">What has a unit of its own where it is far from the rest.</param>
    public static FitUnit Of<T>(NmfData<T> data, double power, double? dictionary, OwnUnits own)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var exponent = ExponentOf(data, power);
        return WithOwn(data, exponent, dictionary ?? exponent >> 1, own);
    }

    /// <summary>The exponent of the mean of some data.</summary>
    /// <param name="data">Data that are not all zero.</param>
    /// <param name="power">By which power of the data the objective grows.</param>
    public static int ExponentOf<T>(NmfData<T> data, double power)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ExponentOf<T>(data.Mean, power);

    /// <summary>The same of their mean.</summary>
    public static int ExponentOf<T>(double mean, double power)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var exponent = Math.ILogB(mean);
        var smallest = typeof(T) == typeof(float) ? -126 : -1022;
        if (exponent >= smallest + LeastDigits && Math.Abs(exponent * power) <= LargestObjective)
            return exponent;
        throw new NmfDataException(
            $"The mean of the data is {mean:R}, too near the end of the range of {typeof(T).Name} for a fit "
            + "to keep its digits: multiply the data by a constant.");
    }

    /// <summary>The exponent of the largest entry of a factor; 0 for one of zeros.</summary>
    public static int LargestExponent<T>(Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = T.Zero;
        for (var i = 0; i < factor.Rows; i++)
            largest = T.Max(largest, TensorPrimitives.Max<T>(factor.Row(i)));
        return largest > T.Zero ? T.ILogB(largest) : 0;
    }

    /// <summary>Brings the values of a sample into the unit, in place.</summary>
    public void Divide<T>(Span<T> values, int sample, ReadOnlySpan<int> features = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => PowerOfTwo.Divide(values, Data + (_samples?[sample] ?? 0), _features, features);

    /// <summary>Exponent by which a row of W is divided.</summary>
    public double DictionaryExponentOf(int feature) => Dictionary + (_features?[feature] ?? 0);

    /// <summary>A copy of factors in this unit.</summary>
    public NmfStart<T> Apply<T>(NmfStart<T> factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Scale(Copy(factors), -1);

    /// <summary>Gives factors, or a copy of them, the unit of the data.</summary>
    /// <exception cref="NmfNumericalException">They are out of the range of their type.</exception>
    public NmfStart<T> Restore<T>(NmfStart<T> factors, bool copy = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Scale(copy ? Copy(factors) : factors, 1);

    /// <summary>Multiplies a matrix by a power of two, exactly where it is a whole one.</summary>
    /// <exception cref="NmfNumericalException">An entry becomes infinite.</exception>
    public static void Scale<T>(Matrix<T> factor, double exponent, int[]? ofRows = null, int sign = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (exponent == 0 && ofRows is null)
            return;
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            var all = sign * (exponent + (ofRows?[i] ?? 0));
            PowerOfTwo.Scale(row, (int)Math.Floor(all));
            if (all != Math.Floor(all))
                TensorPrimitives.Multiply(row, T.CreateChecked(Power(all - Math.Floor(all))), row);
            if (all > 0 && row.Length > 0 && !T.IsFinite(TensorPrimitives.Max<T>(row)))
            {
                throw new NmfNumericalException(
                    $"A factor of the data is out of the range of {typeof(T).Name}: divide the data by a constant, or "
                    + "use double precision.");
            }
        }
    }

    /// <summary>2 to the power of an exponent with a half or a third, with the same digits whatever the whole of
    /// it.</summary>
    public static double Power(double exponent)
        => Math.ScaleB(
            Math.Pow(2, Math.Round(6 * (exponent - Math.Floor(exponent))) / 6), (int)Math.Floor(exponent));

    private static NmfStart<T> Copy<T>(NmfStart<T> factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(factors.Dictionary.Clone(), factors.Activations?.Clone())
        {
            Mask = factors.ZerosThatStay ?? factors.Mask,
        };

    private NmfStart<T> Scale<T>(NmfStart<T> factors, int sign)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Scale(factors.Dictionary, Dictionary, _features, sign);
        if (factors.Activations is { } activations)
            Scale(activations, Activations, _samples, sign);
        return factors;
    }

    // Samples or features have units of their own where their mean is far from that of the data. Samples first, then
    // features of what is left: exact where the one times the other is all that differs.
    private static FitUnit WithOwn<T>(NmfData<T> data, int exponent, double dictionary, OwnUnits own)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (own == OwnUnits.None)
            return new FitUnit(exponent, dictionary);
        var (samples, features) = (new int[data.Samples], new int[data.Features]);
        var (sums, counts) = (new double[data.Features], new int[data.Features]);
        var unit = Math.ScaleB(1, -exponent);
        for (var n = 0; n < samples.Length; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            var indices = data.Dense is null ? data.Sparse!.RowIndices(n) : default;
            if (own.HasFlag(OwnUnits.Samples))
            {
                var (sum, count) = (0.0, 0);
                foreach (var value in values)
                {
                    sum += T.IsNaN(value) ? 0 : double.CreateTruncating(value) * unit;
                    count += T.IsNaN(value) ? 0 : 1;
                }

                samples[n] = Own(sum / count);
            }

            var ofSample = Math.ScaleB(1, -samples[n]);
            for (var j = 0; j < values.Length && own.HasFlag(OwnUnits.Features); j++)
            {
                if (T.IsNaN(values[j]))
                    continue;
                var feature = indices.IsEmpty ? j : indices[j];
                sums[feature] += double.CreateTruncating(values[j]) * unit * ofSample;
                counts[feature]++;
            }
        }

        for (var f = 0; f < features.Length; f++)
            features[f] = Own(sums[f] / counts[f]);
        return new FitUnit(
            exponent, dictionary, Array.TrueForAll(samples, x => x == 0) ? null : samples,
            Array.TrueForAll(features, x => x == 0) ? null : features);
    }

    private static int Own(double mean)
        => mean > 0 && Math.ILogB(mean) is var exponent && Math.Abs(exponent) > Band ? exponent : 0;
}
