using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Nonnegative least squares for one row: <c>min ½ hᵀ G h - qᵀ h</c> over h ≥ 0, with G = WᵀW computed once and q =
/// Wᵀv. Cyclic coordinate descent finds which activations are positive; a Newton step on those, cut at the boundary,
/// then finds their values however ill-conditioned the dictionary is. Both decrease the objective. All of size K is in
/// double. An ℓ1 penalty is part of q, an ℓ2 penalty of the diagonal of G.
/// </summary>
internal sealed unsafe class EuclideanRows<TVector, TSimd, T> : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 32;
    private const int SweepsBeforeNewton = 4;
    private const double LeastShareToSubtract = 0.5;
    private const double LeastRemainder = 1e-4;

    private readonly RowDictionary<T> _dictionary;
    private readonly Matrix<double> _gram;
    private readonly Matrix<double> _row;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly PreparedRowPenalty? _penalty;

    public EuclideanRows(
        RowDictionary<T> dictionary, double tolerance, int maximumIterations, PreparedRowPenalty? penalty)
    {
        _penalty = penalty;
        (_dictionary, _tolerance, _maximumIterations) = (dictionary, tolerance, maximumIterations);
        var rank = dictionary.Rank;
        _gram = new Matrix<double>(rank, rank);
        _row = new Matrix<double>(1, rank);
        for (var f = 0; f < dictionary.Features; f++)
            AddToGram(f, 1);
        AddPenaltyToGram();
    }

    public override bool VisitsZeros => false;

    /// <summary>The Gram matrix of some features: the sum over them, or, where few are missing, what remains
    /// without those.</summary>
    public override void Restrict(RowAlgorithm<T> whole, ReadOnlySpan<int> features)
    {
        var all = ((EuclideanRows<TVector, TSimd, T>)whole)._gram;
        if (features.Length >= _dictionary.Features * LeastShareToSubtract)
        {
            all.CopyTo(_gram);
            for (int f = 0, j = 0; f < _dictionary.Features; f++)
            {
                if (j < features.Length && features[j] == f)
                    j++;
                else
                    AddToGram(f, -1);
            }

            // A component that lives mostly in missing features would be left with the rounding of the difference.
            var accurate = true;
            for (var k = 0; k < _dictionary.Rank; k++)
                accurate &= _gram[k, k] > LeastRemainder * all[k, k] || all[k, k] == 0;
            if (accurate)
                return;
        }

        _gram.Clear();
        foreach (var f in features)
            AddToGram(f, 1);
        AddPenaltyToGram();
    }

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var rank = _dictionary.Rank;
        var stride = (int)_gram.Stride;
        var h = scratch.H;
        var numbers = scratch.Numbers(((long)rank * rank) + (3L * rank) + (2L * stride));
        var gradient = numbers;
        var q = gradient + stride;
        var step = q + stride;
        var diagonal = step + rank;
        var matrix = diagonal + rank;
        var support = (int*)(matrix + ((long)rank * rank));
        CorrelateWithDictionary(count, scratch, q);
        if (_penalty is not null)
        {
            var weight = _penalty.ForRow(scratch.Exponent).Linear;
            for (var k = 0; k < rank; k++)
                q[k] -= weight * _penalty.Linear[k];
        }

        for (var k = 0; k < rank; k++)
            h[k] = 0;
        for (var k = 0; k < stride; k++)
            gradient[k] = -q[k];
        var nextNewton = SweepsBeforeNewton;
        for (var sweep = 1; sweep <= _maximumIterations; sweep++)
        {
            if (Sweep(h, gradient, rank, stride))
                return sweep;
            if (sweep == nextNewton)
            {
                NewtonStep(h, gradient, q, step, diagonal, matrix, support);
                nextNewton += 2;
            }
        }

        scratch.Converged = false;
        return _maximumIterations;
    }

    private void AddToGram(int feature, double sign)
    {
        var row = _row.Data;
        for (var k = 0; k < _dictionary.Rank; k++)
            row[k] = double.CreateChecked(_dictionary.Rows[feature, k]);
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (row[k] != 0)
                ActiveSetQuadratic.AddScaled(sign * row[k], row, _gram.Data + (k * _gram.Stride), (int)_gram.Stride);
        }
    }

    // q = Wᵀ v over the non-zeros: the same sum for a dense row and for the sparse row of its non-zeros.
    private void CorrelateWithDictionary(int count, RowSolver<T>.Scratch scratch, double* q)
    {
        var stride = _dictionary.Rows.Stride;
        var data = _dictionary.Rows.Data;
        var sum = scratch.Elements(stride);
        var rows = stackalloc T*[Chunk];
        new Span<T>(sum, (int)stride).Clear();
        for (var at = 0; at < count; at += Chunk)
        {
            var some = int.Min(Chunk, count - at);
            for (var j = 0; j < some; j++)
                rows[j] = data + (scratch.Indices[at + j] * stride);
            FactorRows<TVector, TSimd, T>.Combine(scratch.Values + at, rows, some, stride, sum);
        }

        new Span<double>(q, (int)_gram.Stride).Clear();
        for (var k = 0; k < _dictionary.Rank; k++)
            q[k] = double.CreateTruncating(sum[k]);
    }

    /// <summary>One cyclic pass.</summary>
    /// <returns>Whether no activation moved by more than the tolerance.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Sweep(double* h, double* gradient, int rank, int stride)
    {
        double moved = 0, largest = 0;
        for (var k = 0; k < rank; k++)
        {
            var row = _gram.Data + (k * stride);
            if (row[k] <= 0)
                continue;
            var step = Math.Max(-h[k], -gradient[k] / row[k]);
            if (step != 0)
            {
                h[k] += step;
                ActiveSetQuadratic.AddScaled(step, row, gradient, stride);
            }

            moved = Math.Max(moved, Math.Abs(step));
            largest = Math.Max(largest, h[k]);
        }

        return moved <= _tolerance * largest;
    }

    // For β = 2 the weight of squares does not depend on the scale of the row.
    private void AddPenaltyToGram()
    {
        for (var k = 0; _penalty is not null && k < _dictionary.Rank; k++)
            _gram[k, k] += _penalty.Quadratic[k];
    }

    private void NewtonStep(
        double* h, double* gradient, double* q, double* step, double* diagonal, double* matrix, int* support)
    {
        var (rank, stride) = (_dictionary.Rank, (int)_gram.Stride);
        var n = 0;
        for (var k = 0; k < rank; k++)
        {
            if (h[k] > 0)
                support[n++] = k;
        }

        for (var i = 0; i < n; i++)
        {
            var row = _gram.Data + (support[i] * stride);
            for (var j = i; j < n; j++)
                matrix[(i * n) + j] = row[support[j]];
            step[i] = -gradient[support[i]];
        }

        if (n == 0 || !Cholesky.Solve(matrix, n, step, diagonal))
            return;
        var (length, blocking) = (1.0, -1);
        for (var i = 0; i < n; i++)
        {
            if (h[support[i]] + (length * step[i]) < 0)
                (length, blocking) = (h[support[i]] / -step[i], i);
        }

        for (var i = 0; i < n; i++)
            h[support[i]] = i == blocking ? 0 : Math.Max(0, h[support[i]] + (length * step[i]));

        // From scratch, so that rounding does not pile up over sweeps.
        for (var k = 0; k < stride; k++)
            gradient[k] = -q[k];
        for (var i = 0; i < n; i++)
            ActiveSetQuadratic.AddScaled(h[support[i]], _gram.Data + (support[i] * stride), gradient, stride);
    }
}
