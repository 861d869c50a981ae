using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>One row of a Kullback-Leibler problem in scratch memory: values, model, gathered
/// dictionary, derivatives.</summary>
internal unsafe ref partial struct PoissonRow<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Vectors over features: values, model, trial model, 1 / y, v / y, v / y², and four weighted columns.
    private const int Vectors = 6 + WeightedGram<TVector, TSimd, T>.Block;

    // The row and the dictionary are scaled to order one.
    private static readonly T Floor = T.CreateChecked(1e-16);

    private readonly RowDictionary<T> _dictionary;
    private readonly T* _columns;
    private readonly nint _columnStride;
    private readonly T* _model;
    private readonly T* _trial;
    private readonly T* _inverse;
    private readonly T* _ratio;
    private readonly T* _curvature;
    private readonly T* _weighted;
    private readonly T* _weights;
    private readonly T** _list;
    private readonly double* _gradients;
    private readonly int* _movable;
    private readonly double* _memory;

    // One over the root of the smallest value: the self-concordance constant of Σ v log y.
    private double _concordance;
    private double _mass;

    // Weights of a penalty: the linear ones do not depend on the scale of the row, those of the squares do.
    private readonly double[]? _linear;
    private readonly double[]? _quadratic;
    private readonly double _quadraticScale;

    public PoissonRow(
        RowDictionary<T> dictionary, Matrix<T> columns, PreparedRowPenalty? penalty, int count,
        RowSolver<T>.Scratch scratch)
    {
        if (penalty is not null)
            (_linear, _quadratic, _quadraticScale) = (penalty.Linear, penalty.Quadratic,
                penalty.ForRow(scratch.Exponent).Quadratic);
        var rank = dictionary.Rank;
        _dictionary = dictionary;

        // Above three quarters gathering costs more than visiting the zeros. The number of non-zeros alone decides, so
        // that dense and sparse rows take the same way.
        var full = count >= dictionary.Features * 0.75;
        Length = Padded(full ? dictionary.Features : count);
        Values = scratch.Elements(((full ? Vectors : Vectors + (long)rank) * Length) + Padded(rank));
        _model = Values + Length;
        _trial = _model + Length;
        _inverse = _trial + Length;
        _ratio = _inverse + Length;
        _curvature = _ratio + Length;
        _weighted = _curvature + Length;
        _weights = _weighted + ((nint)WeightedGram<TVector, TSimd, T>.Block * Length);
        _columns = full ? columns.Data : _weights + Padded(rank);
        _columnStride = full ? columns.Stride : Length;

        // Pointers and integers take a double each.
        _memory = scratch.Numbers(
            NonnegativeQuadratic.Size(rank) + (3L * (rank + WeightedGram<TVector, TSimd, T>.Block)) + 8);
        _gradients = _memory + NonnegativeQuadratic.Size(rank);
        _list = (T**)(_gradients + rank);
        _movable = (int*)(_list + rank + WeightedGram<TVector, TSimd, T>.Block);
        H = scratch.H;
        if (full)
            Scatter(count, scratch);
        else
            Gather(count, scratch);
        Start(count, scratch);
    }

    /// <summary>Number of gathered cells, rounded up to whole cache lines.</summary>
    public int Length { get; }

    /// <summary>Values at the non-zeros.</summary>
    public T* Values { get; }

    /// <summary>Activations.</summary>
    public double* H { get; }

    /// <summary>How many components are positive or would become so, as of the last <see cref="FindMoves"/>.</summary>
    public int Movable { get; private set; }

    /// <summary>A length in whole cache lines, which are whole vectors of any width. Surplus cells hold v = 0 and w = 0
    /// and count for nothing.</summary>
    public static int Padded(int length)
    {
        var line = 64 / sizeof(T);
        return (length + line - 1) / line * line;
    }

    /// <summary>y = W h, summed afresh so that the rounding of single steps does not pile up.</summary>
    public readonly void ComputeModel()
    {
        var n = 0;
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (H[k] <= 0)
                continue;
            _list[n] = Column(k);
            _weights[n++] = T.CreateTruncating(H[k]);
        }

        Combine(n, _model);
    }

    /// <summary>
    /// First and second derivative of every component at the model, and how far Newton's method would move each of them
    /// alone, staying nonnegative. Lists the components that are positive or whose derivative is negative; one that no
    /// non-zero sees becomes zero, since it only adds mass.
    /// </summary>
    /// <returns>The largest move over the largest activation.</returns>
    public double FindMoves()
    {
        Weigh();
        var sums = stackalloc T[2 * WeightedGram<TVector, TSimd, T>.Block];
        double moved = 0, largest = 0;
        Movable = 0;
        for (var first = 0; first < _dictionary.Rank; first += WeightedGram<TVector, TSimd, T>.Block)
        {
            Derivatives(first, sums);
            for (var k = first; k < int.Min(_dictionary.Rank, first + WeightedGram<TVector, TSimd, T>.Block); k++)
            {
                var gradient = Pull(k) + (Bend(k) * H[k]) - double.CreateTruncating(sums[2 * (k - first)]);
                var second = double.CreateTruncating(sums[(2 * (k - first)) + 1]);
                if (!(second > 0))
                {
                    H[k] = 0;
                    continue;
                }

                if (H[k] == 0 && gradient >= 0)
                    continue;
                second += Bend(k);
                _gradients[Movable] = gradient;
                _movable[Movable++] = k;
                moved = Math.Max(moved, Math.Abs(Math.Min(H[k], gradient / second)));
                largest = Math.Max(largest, H[k]);
            }
        }

        // All activations may be zero only where no component sees the row.
        return moved == 0 ? 0 : moved / largest;
    }

    // Derivative with respect to an activation of what is linear in it.
    private readonly double Pull(int k) => _dictionary.Sums[k] + (_linear is null ? 0 : _linear[k]);

    // Second derivative of the penalty.
    private readonly double Bend(int k) => _quadratic is null ? 0 : _quadraticScale * _quadratic[k];

    private readonly T* Column(int k) => _columns + (k * _columnStride);

    // y = Σ weights · columns over the list.
    private readonly void Combine(int n, T* y)
    {
        new Span<T>(y, Length).Clear();
        FactorRows<TVector, TSimd, T>.Combine(_weights, _list, n, Length, y);
    }

    // v / y and v / y².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh()
    {
        var floor = TSimd.Broadcast(Floor);
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var y = TSimd.Max(floor, TSimd.Load(_model + j));
            var inverse = TSimd.Reciprocal(y);
            var ratio = TSimd.Multiply(TSimd.Load(Values + j), inverse);
            TSimd.Store(_model + j, y);
            TSimd.Store(_inverse + j, inverse);
            TSimd.Store(_ratio + j, ratio);
            TSimd.Store(_curvature + j, TSimd.Multiply(ratio, inverse));
        }
    }

    // Σ w v / y and Σ w² v / y² of four components, or of as many as there are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Derivatives(int k, T* sums)
    {
        var last = _dictionary.Rank - 1;
        T* c0 = Column(k), c1 = Column(int.Min(k + 1, last)), c2 = Column(int.Min(k + 2, last)),
            c3 = Column(int.Min(k + 3, last));
        TVector first0 = TSimd.Zero, first1 = TSimd.Zero, first2 = TSimd.Zero, first3 = TSimd.Zero;
        TVector second0 = TSimd.Zero, second1 = TSimd.Zero, second2 = TSimd.Zero, second3 = TSimd.Zero;
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var (ratio, curvature) = (TSimd.Load(_ratio + j), TSimd.Load(_curvature + j));
            TVector x0 = TSimd.Load(c0 + j), x1 = TSimd.Load(c1 + j), x2 = TSimd.Load(c2 + j), x3 = TSimd.Load(c3 + j);
            first0 = TSimd.MultiplyAdd(x0, ratio, first0);
            first1 = TSimd.MultiplyAdd(x1, ratio, first1);
            first2 = TSimd.MultiplyAdd(x2, ratio, first2);
            first3 = TSimd.MultiplyAdd(x3, ratio, first3);
            second0 = TSimd.MultiplyAdd(TSimd.Multiply(x0, curvature), x0, second0);
            second1 = TSimd.MultiplyAdd(TSimd.Multiply(x1, curvature), x1, second1);
            second2 = TSimd.MultiplyAdd(TSimd.Multiply(x2, curvature), x2, second2);
            second3 = TSimd.MultiplyAdd(TSimd.Multiply(x3, curvature), x3, second3);
        }

        sums[0] = TSimd.Sum(first0);
        sums[1] = TSimd.Sum(second0);
        sums[2] = TSimd.Sum(first1);
        sums[3] = TSimd.Sum(second1);
        sums[4] = TSimd.Sum(first2);
        sums[5] = TSimd.Sum(second2);
        sums[6] = TSimd.Sum(first3);
        sums[7] = TSimd.Sum(second3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gather(int count, RowSolver<T>.Scratch scratch)
    {
        var (rank, length) = (_dictionary.Rank, Length);
        var stride = _dictionary.Rows.Stride;
        var data = _dictionary.Rows.Data;
        for (var j = 0; j < count; j++)
        {
            Values[j] = scratch.Values[j];
            var row = data + (scratch.Indices[j] * stride);
            for (var k = 0; k < rank; k++)
                _columns[(k * (nint)length) + j] = row[k];
        }

        for (var j = count; j < length; j++)
        {
            Values[j] = T.Zero;
            for (var k = 0; k < rank; k++)
                _columns[(k * (nint)length) + j] = T.Zero;
        }
    }

    private readonly void Scatter(int count, RowSolver<T>.Scratch scratch)
    {
        new Span<T>(Values, Length).Clear();
        for (var j = 0; j < count; j++)
            Values[scratch.Indices[j]] = scratch.Values[j];
    }

    // Flat activations with the mass of the row.
    private void Start(int count, RowSolver<T>.Scratch scratch)
    {
        var smallest = scratch.Values[0];
        _mass = 0;
        for (var j = 0; j < count; j++)
        {
            smallest = T.Min(smallest, scratch.Values[j]);
            _mass += double.CreateTruncating(scratch.Values[j]);
        }

        _concordance = 1 / Math.Sqrt(double.CreateTruncating(smallest));
        for (var k = 0; k < _dictionary.Rank; k++)
            H[k] = _dictionary.Sums[k] > 0 ? _mass / _dictionary.Total : 0;
    }
}
