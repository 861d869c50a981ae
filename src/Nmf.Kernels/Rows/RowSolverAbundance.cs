using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Fully constrained least squares for one row: <c>min ½‖v - W h‖²</c> over h ≥ 0, Σ h = 1 (Heinz and Chang 2001), or Σ
/// h ≤ 1, where the rest is the abundance of one more component, zero in all features; or over h ≥ 0 alone, divided by
/// its sum; or as it is, with an ℓ1 penalty where asked for, which is subtracted from the products. Exact:
/// <see cref="SimplexQuadratic"/>, <see cref="ActiveSetQuadratic"/>.
/// </summary>
internal sealed unsafe class AbundanceRows<T> : RowAlgorithm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Features go in turn to so many sums, which hide the latency of an addition.
    private const int Sums = 4;

    private readonly Matrix<double> _dictionary;
    private readonly Matrix<double> _gram;
    private readonly int _rank;
    private readonly int _maximumIterations;
    private readonly bool _isShaded;
    private readonly bool _isFree;
    private readonly double[] _linear;

    public AbundanceRows(
        int features, int rank, SumConstraint constraint, int maximumIterations, double[]? linear = null)
    {
        (_rank, _maximumIterations, _linear) = (rank, maximumIterations, linear ?? []);
        _isShaded = constraint == SumConstraint.Shaded;
        _isFree = constraint == SumConstraint.Nonnegative;
        var vertices = rank + (_isFree || constraint == SumConstraint.SumToOne ? 0 : 1);
        _dictionary = new Matrix<double>(features, vertices);
        _gram = new Matrix<double>(vertices, vertices);
    }

    /// <summary>Takes the entries of a dictionary.</summary>
    public void Load(Matrix<T> w)
    {
        _gram.Clear();
        for (var f = 0; f < w.Rows; f++)
        {
            var row = _dictionary.Row(f);
            ReadOnlySpan<T> source = w.Row(f);
            for (var k = 0; k < source.Length; k++)
                row[k] = double.CreateTruncating(source[k]);
            for (var k = 0; k < source.Length; k++)
                TensorPrimitives.MultiplyAdd(row, row[k], _gram.Row(k), _gram.Row(k));
        }
    }

    public override bool SolvesZeros => true;

    public override bool SolvesDense => true;

    /// <summary>Makes room in the scratch memory.</summary>
    public void Reserve(RowSolver<T>.Scratch scratch) => Clear(scratch);

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
        => SolveSparse(
            new ReadOnlySpan<int>(scratch.Indices, count), new ReadOnlySpan<T>(scratch.Values, count), scratch);

    public int SolveSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, RowSolver<T>.Scratch scratch)
    {
        var sums = Clear(scratch);
        var stride = _dictionary.Stride;
        for (var j = 0; j < indices.Length; j++)
        {
            var f = indices[j];
            Add(
                double.CreateTruncating(values[j]), _dictionary.Data + (f * stride), sums + ((f % Sums) * stride),
                stride);
        }

        return Finish(sums, scratch, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int SolveDense(ReadOnlySpan<T> values, RowSolver<T>.Scratch scratch)
    {
        var sums = Clear(scratch);
        var stride = _dictionary.Stride;
        var width = (nint)Vector<double>.Count;
        fixed (T* v = values)
        {
            // Two vectors of components at a time, then one, so that their sums stay in registers.
            nint k = 0;
            for (; k + (2 * width) <= stride; k += 2 * width)
            {
                Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
                Vector<double> t0 = default, t1 = default, t2 = default, t3 = default;
                var w = _dictionary.Data + k;
                var f = 0;
                for (; f + Sums <= values.Length; f += Sums, w += Sums * stride)
                {
                    var x = new Vector<double>(double.CreateTruncating(v[f]));
                    s0 += Vector.Load(w) * x;
                    t0 += Vector.Load(w + width) * x;
                    x = new Vector<double>(double.CreateTruncating(v[f + 1]));
                    s1 += Vector.Load(w + stride) * x;
                    t1 += Vector.Load(w + stride + width) * x;
                    x = new Vector<double>(double.CreateTruncating(v[f + 2]));
                    s2 += Vector.Load(w + (2 * stride)) * x;
                    t2 += Vector.Load(w + (2 * stride) + width) * x;
                    x = new Vector<double>(double.CreateTruncating(v[f + 3]));
                    s3 += Vector.Load(w + (3 * stride)) * x;
                    t3 += Vector.Load(w + (3 * stride) + width) * x;
                }

                Store(s0, t0, sums + k);
                Store(s1, t1, sums + stride + k);
                Store(s2, t2, sums + (2 * stride) + k);
                Store(s3, t3, sums + (3 * stride) + k);
            }

            for (; k + width <= stride; k += width)
            {
                Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
                var w = _dictionary.Data + k;
                var f = 0;
                for (; f + Sums <= values.Length; f += Sums, w += Sums * stride)
                {
                    s0 += Vector.Load(w) * double.CreateTruncating(v[f]);
                    s1 += Vector.Load(w + stride) * double.CreateTruncating(v[f + 1]);
                    s2 += Vector.Load(w + (2 * stride)) * double.CreateTruncating(v[f + 2]);
                    s3 += Vector.Load(w + (3 * stride)) * double.CreateTruncating(v[f + 3]);
                }

                s0.Store(sums + k);
                s1.Store(sums + stride + k);
                s2.Store(sums + (2 * stride) + k);
                s3.Store(sums + (3 * stride) + k);
            }

            var from = k > 0 ? values.Length / Sums * Sums : 0;
            for (var f = from; f < values.Length; f++)
                Add(
                    double.CreateTruncating(v[f]), _dictionary.Data + (f * stride), sums + ((f % Sums) * stride),
                    k > 0 ? k : stride);
            for (var f = 0; f < values.Length && k > 0 && k < stride; f++)
                Add(
                    double.CreateTruncating(v[f]), _dictionary.Data + (f * stride) + k,
                    sums + ((f % Sums) * stride) + k, stride - k);
        }

        return Finish(sums, scratch, scratch.Exponent);
    }

    // The scratch memory: the sums, each as long as a padded row of the dictionary, the abundances,
    // and that of the simplex.
    private double* Clear(RowSolver<T>.Scratch scratch)
    {
        var stride = _dictionary.Stride;
        var sums = scratch.Numbers(((Sums + 1) * stride) + (_isFree
            ? ActiveSetQuadratic.ScratchLength(_gram.Rows) : SimplexQuadratic.ScratchLength(_gram.Rows)));
        new Span<double>(sums, checked((int)(Sums * stride))).Clear();
        return sums;
    }

    // Of a dense row the products are divided by what a sparse one was divided by before.
    private int Finish(double* sums, RowSolver<T>.Scratch scratch, int exponent)
    {
        var (stride, vertices, unit) = (_dictionary.Stride, _gram.Rows, Math.ScaleB(1, -exponent));
        for (var k = 0; k < vertices; k++)
            sums[k] = unit * (sums[k] + sums[stride + k] + (sums[(2 * stride) + k] + sums[(3 * stride) + k]));
        var h = sums + (Sums * stride);
        if (_isShaded)
            Shrink(sums);
        for (var k = 0; k < _linear.Length; k++)
            sums[k] -= _linear[k];
        var iterations = _isFree
            ? ActiveSetQuadratic.Solve(_gram.Data, _gram.Stride, sums, vertices, h, h + stride, _maximumIterations)
            : SimplexQuadratic.Solve(_gram.Data, _gram.Stride, sums, vertices, h, h + stride, _maximumIterations);
        var sum = 1.0;
        for (var k = 0; _isShaded && k < _rank; k++)
            sum = k == 0 ? h[k] : sum + h[k];
        for (var k = 0; k < _rank; k++)
            scratch.H[k] = sum > 0 ? h[k] / sum : 1.0 / _rank;
        scratch.Converged = iterations <= _maximumIterations;
        return int.Min(iterations, _maximumIterations);
    }

    // Nonnegative least squares is homogeneous: for a sample made so dark that the sum stays below one, whatever the
    // dictionary, the bound does not matter. As G ≥ 0, Σ h = qᵀa / aᵀG a ≤ K max q / min G_kk for a = h / Σ h.
    private void Shrink(double* products)
    {
        double largest = 0, smallest = double.PositiveInfinity;
        for (var k = 0; k < _rank; k++)
        {
            largest = Math.Max(largest, products[k]);
            if (_gram[k, k] > 0)
                smallest = Math.Min(smallest, _gram[k, k]);
        }

        var scale = largest > 0 ? smallest / (2 * _rank * largest) : 0;
        for (var k = 0; k < _rank; k++)
            products[k] = scale < double.PositiveInfinity ? products[k] * scale : 0;
    }

    private static void Store(Vector<double> first, Vector<double> second, double* target)
    {
        first.Store(target);
        second.Store(target + Vector<double>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double value, double* row, double* sum, nint length)
    {
        for (nint k = 0; k < length; k++)
            sum[k] += row[k] * value;
    }
}
