using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// <c>λ/2 log det(I + G / ε)</c> for the Gram matrix G = WᵀW and ε = δ s, and its majoriser
/// <c>λ/2 tr((G̃ + ε I)⁻¹ G)</c> + constant, which touches it at G̃: the logarithm of a determinant is concave. All in
/// double, the Gram matrix too: small directions of W are what matters here. With an offset c, W has one more row of
/// entries c, and the volume is that of the simplex of the columns alone.
/// </summary>
internal sealed class VolumeTerm
{
    private readonly int _rank;
    private readonly double[] _gram;
    private readonly double[] _factor;
    private readonly double[] _inverse;
    private readonly double _epsilon;
    private readonly double _offsetSquare;

    /// <param name="penalty">Weight and δ.</param>
    /// <param name="w">Dictionary of the start.</param>
    /// <param name="divergence">The divergence of the start.</param>
    public static VolumeTerm Create<T>(VolumePenalty penalty, Matrix<T> w, double divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double squares = 0;
        for (var f = 0; f < w.Rows; f++)
        {
            foreach (var value in w.Row(f))
                squares += double.CreateTruncating(value) * double.CreateTruncating(value);
        }

        var term = new VolumeTerm(w.Columns, penalty.Delta * squares / w.Columns);
        var start = term._epsilon > 0 ? term.LogDeterminant(w) : 0;
        return new VolumeTerm(w.Columns, term._epsilon)
        {
            Lambda = start > 0 ? 2 * penalty.Weight * divergence / start : 0,
        };
    }

    /// <summary>A term of given numbers.</summary>
    /// <param name="rank">Number of columns.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="offsetSquare">c².</param>
    public VolumeTerm(int rank, double epsilon, double offsetSquare = 0)
    {
        (_rank, _epsilon, _offsetSquare) = (rank, epsilon, offsetSquare);
        _gram = new double[rank * rank];
        _factor = new double[rank * rank];
        _inverse = new double[rank * rank];
    }

    /// <summary>λ.</summary>
    public double Lambda { get; init; }

    /// <summary>ε.</summary>
    public double Epsilon => _epsilon;

    /// <summary>The penalty of a dictionary, at least 0.</summary>
    public double Value<T>(Matrix<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Lambda > 0 ? 0.5 * Lambda * LogDeterminant(w) : 0;

    /// <summary>Writes λ and ε, which come from the start, for a solver that may have no term.</summary>
    public static void Save(VolumeTerm? term, BinaryWriter writer)
    {
        writer.Write(term?.Lambda ?? 0);
        writer.Write(term?.Epsilon ?? 0);
        writer.Write(term?._offsetSquare ?? 0);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FormatException">The numbers are out of range.</exception>
    public static VolumeTerm? Load(BinaryReader reader, int rank)
    {
        var (lambda, epsilon, offset) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        if (!(lambda >= 0 && double.IsFinite(lambda) && epsilon >= 0 && double.IsFinite(epsilon) && offset >= 0
            && double.IsFinite(offset)))
            throw new FormatException("The weight of the volume is out of range.");
        return epsilon > 0 ? new VolumeTerm(rank, epsilon, offset) { Lambda = lambda } : null;
    }

    /// <summary>sum = other + λ (WᵀW + ε I)⁻¹.</summary>
    public void AddMajoriser<T>(Matrix<T> w, Matrix<T> other, Matrix<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        other.CopyTo(sum);
        if (Lambda <= 0)
            return;
        LogDeterminant(w);
        Invert();
        for (var i = 0; i < _rank; i++)
        {
            for (var j = 0; j < _rank; j++)
                sum[i, j] = T.CreateTruncating(
                    double.CreateTruncating(other[i, j]) + (Lambda / _epsilon * _inverse[(i * _rank) + j]));
        }
    }

    /// <summary>
    /// Adds the separable majoriser of <c>½ wᵀ A w</c> summed over the rows of W, A = λ (WᵀW + ε I)⁻¹:
    /// <c>½ Σ_k d_k w_k² - 2 Σ_k (A⁻ w̃)_k w_k</c> + constant with <c>d_k = ((A⁺ + A⁻) w̃)_k / w̃_k</c>, where A⁺ and
    /// A⁻ are the positive and the negative entries of A. (D - A is positive semidefinite for a nonnegative w̃.)
    /// </summary>
    /// <param name="w">Dictionary.</param>
    /// <param name="negative">Receives more: the linear term.</param>
    /// <param name="curvature">Receives more: d w̃, the gradient of the quadratic term at w̃.</param>
    public void AddSeparableMajoriser<T>(Matrix<T> w, Matrix<T> negative, Matrix<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Lambda <= 0)
            return;
        LogDeterminant(w);
        Invert();
        var scale = Lambda / _epsilon;
        for (var f = 0; f < w.Rows; f++)
        {
            ReadOnlySpan<T> row = w.Row(f);
            Span<T> linear = negative.Row(f), quadratic = curvature.Row(f);
            for (var i = 0; i < _rank; i++)
            {
                double below = 0, all = 0;
                for (var j = 0; j < _rank; j++)
                {
                    var product = scale * _inverse[(i * _rank) + j] * double.CreateTruncating(row[j]);
                    below += Math.Max(0, -product);
                    all += Math.Abs(product);
                }

                linear[i] += T.CreateSaturating(2 * below);
                quadratic[i] += T.CreateSaturating(all);
            }
        }
    }

    // log det(I + WᵀW / ε); leaves the lower Cholesky factor L.
    private double LogDeterminant<T>(Matrix<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Array.Fill(_gram, _offsetSquare);
        for (var f = 0; f < w.Rows; f++)
        {
            ReadOnlySpan<T> row = w.Row(f);
            for (var i = 0; i < _rank; i++)
            {
                var value = double.CreateTruncating(row[i]);
                for (var j = 0; j <= i; j++)
                    _gram[(i * _rank) + j] += value * double.CreateTruncating(row[j]);
            }
        }

        double sum = 0;
        for (var i = 0; i < _rank; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = (_gram[(i * _rank) + j] / _epsilon) + (i == j ? 1 : 0);
                for (var k = 0; k < j; k++)
                    value -= _factor[(i * _rank) + k] * _factor[(j * _rank) + k];

                // The pivots are at least 1, but for the rounding of the Gram matrix.
                _factor[(i * _rank) + j] = i == j ? Math.Sqrt(Math.Max(value, 1)) : value / _factor[(j * _rank) + j];
            }

            sum += 2 * Math.Log(_factor[(i * _rank) + i]);
        }

        return sum;
    }

    // (L Lᵀ)⁻¹, column by column.
    private void Invert()
    {
        for (var column = 0; column < _rank; column++)
        {
            for (var i = 0; i < _rank; i++)
            {
                double value = i == column ? 1 : 0;
                for (var k = 0; k < i; k++)
                    value -= _factor[(i * _rank) + k] * _inverse[(k * _rank) + column];
                _inverse[(i * _rank) + column] = value / _factor[(i * _rank) + i];
            }

            for (var i = _rank - 1; i >= 0; i--)
            {
                var value = _inverse[(i * _rank) + column];
                for (var k = i + 1; k < _rank; k++)
                    value -= _factor[(k * _rank) + i] * _inverse[(k * _rank) + column];
                _inverse[(i * _rank) + column] = value / _factor[(i * _rank) + i];
            }
        }
    }
}
