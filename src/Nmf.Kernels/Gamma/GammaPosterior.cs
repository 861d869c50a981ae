using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>
/// Gamma distributions of all activations, <c>q(h_nk) = Gamma(a_nk, rate b_k)</c>: the step of their parameters and
/// what the variational bound says of them (Dikmen and Févotte 2012). Matrices are samples x rank.
/// </summary>
/// <remarks>Work is cut into blocks of samples by the shape of the matrices alone. Allocates nothing.</remarks>
internal sealed unsafe class GammaPosterior<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 128;

    private readonly Matrix<T> _shapes;
    private readonly Matrix<T> _geometric;
    private readonly Matrix<T> _columns;
    private readonly double[] _partial;
    private readonly double[] _prior;
    private Matrix<T>? _expected;
    private bool _isBound;

    /// <param name="shapes">a, positive; kept and changed in place.</param>
    /// <param name="geometric">exp E[log h]; kept and changed in place.</param>
    public GammaPosterior(Matrix<T> shapes, Matrix<T> geometric)
    {
        (_shapes, _geometric) = (shapes, geometric);

        // Rows: α; 1/b. Padding is zero, so that exp ψ(0) = 0 stands in that of the results.
        _columns = new Matrix<T>(2, shapes.Columns);
        _prior = new double[shapes.Columns];
        _partial = new double[2 * Blocks];
    }

    private int Blocks => (_shapes.Rows + RowsOfBlock - 1) / RowsOfBlock;

    /// <summary><c>a = α + exp E[log h] ∘ neg</c>, which are the expected counts, then exp E[log h] = exp ψ(a) /
    /// b.</summary>
    /// <param name="negative">neg of the Kullback-Leibler divergence at exp E[log h]; null to leave a as it is.</param>
    /// <param name="prior">α_k.</param>
    /// <param name="rates">b_k.</param>
    /// <param name="team">Threads to use.</param>
    public void Update(
        Matrix<T>? negative, ReadOnlySpan<double> prior, ReadOnlySpan<double> rates, WorkTeam team)
    {
        Take(prior);
        for (var k = 0; k < rates.Length; k++)
            _columns[1, k] = T.CreateSaturating(1 / rates[k]);
        (_expected, _isBound) = (negative, false);
        team.Run(this, Blocks);
        _expected = null;
    }

    /// <summary><c>Σ log Γ(a) + (α - a) ψ(a) + a</c> and Σ ψ(a), summed in double.</summary>
    public (double Entropy, double Digamma) Sums(ReadOnlySpan<double> prior, WorkTeam team)
    {
        Take(prior);
        _isBound = true;
        team.Run(this, Blocks);
        double entropy = 0, digamma = 0;
        for (var block = 0; block < Blocks; block++)
        {
            entropy += _partial[2 * block];
            digamma += _partial[(2 * block) + 1];
        }

        return (entropy, digamma);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (from, to) = (block * RowsOfBlock, int.Min(_shapes.Rows, (block + 1) * RowsOfBlock));
        if (_isBound)
        {
            (_partial[2 * block], _partial[(2 * block) + 1]) = Sums(from, to);
            return;
        }

        // As many whole rows at a time as the exponential takes, or pieces of a row.
        var stride = (int)_shapes.Stride;
        var rows = int.Max(1, GammaMath<T>.Chunk / stride);
        for (var first = from; first < to; first += rows)
        {
            var last = int.Min(to, first + rows);
            for (var k = 0; k < stride; k += GammaMath<T>.Chunk)
                Update(first, last, k, int.Min(GammaMath<T>.Chunk, stride - k));
        }
    }

    private void Update(int first, int last, int column, int width)
    {
        var at = (first * _shapes.Stride) + column;
        T* a = _shapes.Data + at, g = _geometric.Data + at;
        for (var n = 0; n < last - first && _expected is not null; n++)
        {
            var offset = n * _shapes.Stride;
            TensorPrimitives.MultiplyAdd<T>(
                new ReadOnlySpan<T>(g + offset, width),
                new ReadOnlySpan<T>(_expected.Data + at + offset, width),
                new ReadOnlySpan<T>(_columns.Data + column, width), new Span<T>(a + offset, width));
        }

        // More than one row only where a chunk has whole ones.
        GammaMath<T>.ExpDigamma(a, g, (last - first) * width);
        for (var n = 0; n < last - first; n++)
        {
            var row = new Span<T>(g + (n * _shapes.Stride), width);
            TensorPrimitives.Multiply(
                row, new ReadOnlySpan<T>(_columns.Data + _columns.Stride + column, width), row);
        }
    }

    private (double Entropy, double Digamma) Sums(int from, int to)
    {
        var a = stackalloc double[GammaMath<double>.Chunk];
        var psi = stackalloc double[GammaMath<double>.Chunk];
        var logGamma = stackalloc double[GammaMath<double>.Chunk];
        double entropy = 0, digamma = 0;
        for (var n = from; n < to; n++)
        {
            ReadOnlySpan<T> row = _shapes.Row(n);
            for (var column = 0; column < row.Length; column += GammaMath<double>.Chunk)
            {
                var part = row[column..int.Min(row.Length, column + GammaMath<double>.Chunk)];
                TensorPrimitives.ConvertTruncating(part, new Span<double>(a, part.Length));
                GammaMath<double>.DigammaAndLogGamma(a, psi, logGamma, part.Length);
                for (var k = 0; k < part.Length; k++)
                {
                    entropy += logGamma[k] + ((_prior[column + k] - a[k]) * psi[k]) + a[k];
                    digamma += psi[k];
                }
            }
        }

        return (entropy, digamma);
    }

    private void Take(ReadOnlySpan<double> prior)
    {
        prior.CopyTo(_prior);
        for (var k = 0; k < prior.Length; k++)
            _columns[0, k] = T.CreateChecked(prior[k]);
    }
}
