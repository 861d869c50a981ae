using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>One row of a Kullback-Leibler problem in scratch memory: values, model, gathered dictionary; and the Newton step on it.</summary>
internal unsafe ref struct PoissonRow<TVector, TSimd, T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int LineSearchSteps = 6;

    // The row and the dictionary are scaled to order one.
    private static readonly T Floor = T.CreateChecked(1e-16);

    private readonly RowDictionary<T> _dictionary;
    private readonly ReadOnlySpan<double> _sums;
    private ReadOnlySpan<double> _quadratic;
    private double _quadraticScale;
    private readonly T* _columns;
    private readonly nint _columnStride;
    private readonly T* _inverse;
    private readonly T* _ratio;
    private readonly T* _weighted;
    private readonly T* _products;
    private readonly T** _rows;
    private readonly double* _step;
    private readonly double* _gradient;
    private readonly double* _diagonal;
    private readonly double* _matrix;
    private readonly int* _support;

    public PoissonRow(RowDictionary<T> dictionary, Matrix<T> columns, ReadOnlySpan<double> sums, int count, RowSolver<T>.Scratch scratch)
    {
        var rank = dictionary.Rank;
        _dictionary = dictionary;
        _sums = sums;

        // Above three quarters gathering costs more than visiting the zeros. The number of non-zeros alone decides, so that dense and
        // sparse rows take the same way.
        var full = count >= dictionary.Features * 0.75;
        Length = Padded(full ? dictionary.Features : count);
        V = scratch.Elements(((full ? 5L : 5L + rank) * Length) + rank + 16);
        Y = V + Length;
        _inverse = Y + Length;
        _ratio = _inverse + Length;
        _weighted = _ratio + Length;
        _products = _weighted + Length;
        _columns = full ? columns.Data : (T*)(((nuint)(_products + rank) + 63) & ~(nuint)63);
        _columnStride = full ? columns.Stride : Length;
        _step = scratch.Numbers(((long)rank * rank) + (5L * rank));
        _gradient = _step + rank;
        _diagonal = _gradient + rank;
        _matrix = _diagonal + rank;
        _rows = (T**)(_matrix + ((long)rank * rank));
        _support = (int*)(_rows + rank);
        H = scratch.H;
        if (full)
            Scatter(count, scratch);
        else
            Gather(count, scratch);
        Start(count, scratch);
    }

    /// <summary>A length in whole cache lines, which are whole vectors of any width. Surplus cells hold v = 0 and w = 0 and count for nothing.</summary>
    public static int Padded(int length)
    {
        var line = 64 / sizeof(T);
        return (length + line - 1) / line * line;
    }

    /// <summary>Number of gathered cells, rounded up to whole cache lines.</summary>
    public int Length { get; }

    /// <summary>Values at the non-zeros.</summary>
    public T* V { get; }

    /// <summary>Model at the non-zeros, never below the floor.</summary>
    public T* Y { get; }

    /// <summary>Activations.</summary>
    public double* H { get; }

    /// <summary>One over the root of the smallest value: the self-concordance constant of Σ v log y.</summary>
    public double Concordance { get; private set; }

    /// <summary>Adds a penalty <c>scale quadratic_k h_k² / 2</c>.</summary>
    public void Penalize(ReadOnlySpan<double> quadratic, double scale)
    {
        _quadratic = quadratic;
        _quadraticScale = scale;
    }

    /// <summary>Second derivative of the penalty for an activation.</summary>
    public readonly double Curvature(int k) => _quadratic.IsEmpty ? 0 : _quadraticScale * _quadratic[k];

    /// <summary>A component at the non-zeros.</summary>
    public readonly T* Column(int k) => _columns + (k * _columnStride);

    /// <summary>y = W h, summed afresh so that the rounding of single steps does not pile up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void ComputeModel()
    {
        new Span<T>(Y, Length).Clear();
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (H[k] == 0)
                continue;
            var h = TSimd.Broadcast(T.CreateTruncating(H[k]));
            var column = Column(k);
            for (var j = 0; j < Length; j += TSimd.Count)
                TSimd.Store(Y + j, TSimd.MultiplyAdd(h, TSimd.Load(column + j), TSimd.Load(Y + j)));
        }

        Move(Y, T.Zero);
    }

    /// <summary>Σ w v / y and Σ w² v / y² of a component.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Derivatives(T* column, out double first, out double second)
    {
        TVector f0 = TSimd.Zero, f1 = TSimd.Zero, s0 = TSimd.Zero, s1 = TSimd.Zero;
        var n = TSimd.Count;
        var j = 0;
        for (; j + (2 * n) <= Length; j += 2 * n)
        {
            var (w0, w1) = (TSimd.Load(column + j), TSimd.Load(column + j + n));
            var u0 = TSimd.Multiply(w0, TSimd.Load(_ratio + j));
            var u1 = TSimd.Multiply(w1, TSimd.Load(_ratio + j + n));
            f0 = TSimd.Add(f0, u0);
            f1 = TSimd.Add(f1, u1);
            s0 = TSimd.MultiplyAdd(TSimd.Multiply(w0, TSimd.Load(_inverse + j)), u0, s0);
            s1 = TSimd.MultiplyAdd(TSimd.Multiply(w1, TSimd.Load(_inverse + j + n)), u1, s1);
        }

        if (j < Length)
        {
            var w = TSimd.Load(column + j);
            var u = TSimd.Multiply(w, TSimd.Load(_ratio + j));
            f0 = TSimd.Add(f0, u);
            s0 = TSimd.MultiplyAdd(TSimd.Multiply(w, TSimd.Load(_inverse + j)), u, s0);
        }

        first = double.CreateTruncating(TSimd.Sum(TSimd.Add(f0, f1)));
        second = double.CreateTruncating(TSimd.Sum(TSimd.Add(s0, s1)));
    }

    /// <summary>y ← y + step · column, floored, with 1 / y and v / y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Move(T* column, T step)
    {
        var (s, floor) = (TSimd.Broadcast(step), TSimd.Broadcast(Floor));
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var y = TSimd.Max(floor, TSimd.MultiplyAdd(s, TSimd.Load(column + j), TSimd.Load(Y + j)));
            var inverse = TSimd.Reciprocal(y);
            TSimd.Store(Y + j, y);
            TSimd.Store(_inverse + j, inverse);
            TSimd.Store(_ratio + j, TSimd.Multiply(TSimd.Load(V + j), inverse));
        }
    }

    /// <summary>
    /// Moves along the Newton direction of the positive activations, up to the boundary at most, to a point where the objective still falls or has
    /// nearly stopped to fall. As the objective is convex along the line, "still falls" means that it has decreased.
    /// </summary>
    /// <returns>Whether the whole step was taken, so that the support has perhaps been found.</returns>
    public bool NewtonStep()
    {
        var n = FindDirection(out var slope);
        if (n == 0 || slope >= 0)
            return true;
        var (limit, blocking) = (1.0, -1);
        for (var i = 0; i < n; i++)
        {
            var x = H[_support[i]];
            if (x + (limit * _step[i]) < 0)
                (limit, blocking) = (x / -_step[i], i);
        }

        ModelOfStep(n);
        var (low, lowSlope, length) = (0.0, slope, limit);
        for (var trial = 0; trial < LineSearchSteps; trial++)
        {
            var here = Slope(length, n);
            if (here <= 0 || Math.Abs(here) <= -0.2 * slope)
            {
                low = length;
                break;
            }

            // Falling at low, rising here: the root of the chord, kept away from both ends.
            var root = low + ((length - low) * lowSlope / (lowSlope - here));
            length = Math.Clamp(root, low + (0.1 * (length - low)), low + (0.9 * (length - low)));
            blocking = -1;
        }

        if (low == 0)
            return true;
        for (var i = 0; i < n; i++)
            H[_support[i]] = i == blocking ? 0 : Math.Max(0, H[_support[i]] + (low * _step[i]));
        return low == 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gather(int count, RowSolver<T>.Scratch scratch)
    {
        var (rank, length) = (_dictionary.Rank, Length);
        var stride = _dictionary.Rows.Stride;
        var data = _dictionary.Rows.Data;
        for (var j = 0; j < count; j++)
        {
            V[j] = scratch.Values[j];
            var row = data + (scratch.Indices[j] * stride);
            for (var k = 0; k < rank; k++)
                _columns[(k * (nint)length) + j] = row[k];
        }

        for (var j = count; j < length; j++)
        {
            V[j] = T.Zero;
            for (var k = 0; k < rank; k++)
                _columns[(k * (nint)length) + j] = T.Zero;
        }
    }

    private readonly void Scatter(int count, RowSolver<T>.Scratch scratch)
    {
        new Span<T>(V, Length).Clear();
        for (var j = 0; j < count; j++)
            V[scratch.Indices[j]] = scratch.Values[j];
    }

    // Flat activations with the mass of the row.
    private void Start(int count, RowSolver<T>.Scratch scratch)
    {
        var smallest = scratch.Values[0];
        double mass = 0;
        for (var j = 0; j < count; j++)
        {
            smallest = T.Min(smallest, scratch.Values[j]);
            mass += double.CreateTruncating(scratch.Values[j]);
        }

        Concordance = 1 / Math.Sqrt(double.CreateTruncating(smallest));
        var total = _dictionary.Total;
        for (var k = 0; k < _dictionary.Rank; k++)
            H[k] = _dictionary.Sums[k] > 0 ? mass / total : 0;
    }

    // The direction d = -A⁻¹ g on the support, A the Hessian there; slope = g·d < 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FindDirection(out double slope)
    {
        ComputeModel();
        var n = 0;
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (H[k] <= 0)
                continue;
            _support[n] = k;
            _rows[n++] = Column(k);
        }

        slope = 0;
        FactorRows<TVector, TSimd, T>.Dots(_ratio, _rows, n, Length, _products);
        for (var i = 0; i < n; i++)
        {
            _gradient[i] = _sums[_support[i]] - double.CreateTruncating(_products[i]) + (Curvature(_support[i]) * H[_support[i]]);
            _step[i] = -_gradient[i];
        }

        for (var j = 0; j < Length; j += TSimd.Count)
            TSimd.Store(_ratio + j, TSimd.Multiply(TSimd.Load(_ratio + j), TSimd.Load(_inverse + j)));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < Length; j += TSimd.Count)
                TSimd.Store(_weighted + j, TSimd.Multiply(TSimd.Load(_ratio + j), TSimd.Load(_rows[i] + j)));
            FactorRows<TVector, TSimd, T>.Dots(_weighted, _rows + i, n - i, Length, _products);
            for (var j = i; j < n; j++)
                _matrix[(i * n) + j] = double.CreateTruncating(_products[j - i]);
            _matrix[(i * n) + i] += Curvature(_support[i]);
        }

        if (n == 0 || !Cholesky.Solve(_matrix, n, _step, _diagonal))
            return 0;
        for (var i = 0; i < n; i++)
            slope += _gradient[i] * _step[i];
        return n;
    }

    // W d at the non-zeros, into the memory of the ratios.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void ModelOfStep(int n)
    {
        new Span<T>(_ratio, Length).Clear();
        for (var i = 0; i < n; i++)
        {
            var d = TSimd.Broadcast(T.CreateTruncating(_step[i]));
            for (var j = 0; j < Length; j += TSimd.Count)
                TSimd.Store(_ratio + j, TSimd.MultiplyAdd(d, TSimd.Load(_rows[i] + j), TSimd.Load(_ratio + j)));
        }
    }

    // Derivative of the objective along the direction: Σ_k s_k d_k - Σ_j v_j (W d)_j / (y + length (W d))_j, and that of the penalty.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double Slope(double length, int n)
    {
        var (step, floor, sum) = (TSimd.Broadcast(T.CreateTruncating(length)), TSimd.Broadcast(Floor), TSimd.Zero);
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var d = TSimd.Load(_ratio + j);
            var y = TSimd.Max(floor, TSimd.MultiplyAdd(step, d, TSimd.Load(Y + j)));
            sum = TSimd.Add(sum, TSimd.Divide(TSimd.Multiply(TSimd.Load(V + j), d), y));
        }

        var slope = -double.CreateTruncating(TSimd.Sum(sum));
        for (var i = 0; i < n; i++)
            slope += (_sums[_support[i]] + (Curvature(_support[i]) * (H[_support[i]] + (length * _step[i])))) * _step[i];
        return slope;
    }
}
