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
    private static readonly T Floor = T.CreateChecked(1e-16);

    private readonly RowDictionary<T> _dictionary;
    private readonly T* _columns;
    private readonly T* _ratio;
    private readonly T* _weighted;
    private readonly T* _products;
    private readonly T** _rows;
    private readonly double* _step;
    private readonly double* _gradient;
    private readonly double* _matrix;
    private readonly int* _support;

    public PoissonRow(RowDictionary<T> dictionary, int count, RowSolver<T>.Scratch scratch)
    {
        var rank = dictionary.Rank;
        _dictionary = dictionary;

        // Whole cache lines, which are whole vectors of any width. Surplus lanes hold v = 0, y = 1, w = 0 and count for nothing.
        var line = 64 / sizeof(T);
        Length = (count + line - 1) / line * line;
        V = scratch.Elements(((rank + 4L) * Length) + rank);
        Y = V + Length;
        _ratio = Y + Length;
        _weighted = _ratio + Length;
        _columns = _weighted + Length;
        _products = _columns + ((long)rank * Length);
        _step = scratch.Numbers(((long)rank * rank) + (4L * rank));
        _gradient = _step + rank;
        _matrix = _gradient + rank;
        _rows = (T**)(_matrix + ((long)rank * rank));
        _support = (int*)(_rows + rank);
        H = scratch.H;
        Gather(count, scratch);
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

    /// <summary>A component at the non-zeros.</summary>
    public readonly T* Column(int k) => _columns + ((long)k * Length);

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

        var floor = TSimd.Broadcast(Floor);
        for (var j = 0; j < Length; j += TSimd.Count)
            TSimd.Store(Y + j, TSimd.Max(floor, TSimd.Load(Y + j)));
    }

    /// <summary>
    /// Moves along the Newton direction of the positive activations, up to the boundary at most, to a point where the objective still falls or has
    /// nearly stopped to fall. As the objective is convex along the line, "still falls" means that it has decreased.
    /// </summary>
    public void NewtonStep()
    {
        var n = FindDirection(out var slope);
        if (n == 0 || slope >= 0)
            return;
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
            return;
        for (var i = 0; i < n; i++)
            H[_support[i]] = i == blocking ? 0 : Math.Max(0, H[_support[i]] + (low * _step[i]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(int count, RowSolver<T>.Scratch scratch)
    {
        var (rank, length) = (_dictionary.Rank, Length);
        var stride = _dictionary.Rows.Stride;
        var data = _dictionary.Rows.Data;
        var smallest = scratch.Values[0];
        double mass = 0;
        for (var j = 0; j < count; j++)
        {
            V[j] = scratch.Values[j];
            smallest = T.Min(smallest, V[j]);
            mass += double.CreateTruncating(V[j]);
            var row = data + (scratch.Indices[j] * stride);
            for (var k = 0; k < rank; k++)
                _columns[((long)k * length) + j] = row[k];
        }

        for (var j = count; j < length; j++)
        {
            V[j] = T.Zero;
            for (var k = 0; k < rank; k++)
                _columns[((long)k * length) + j] = T.Zero;
        }

        Concordance = 1 / Math.Sqrt(double.CreateTruncating(smallest));

        // Flat, with the mass of the row.
        var total = _dictionary.Total;
        for (var k = 0; k < rank; k++)
            H[k] = total > 0 && _dictionary.Sums[k] > 0 ? mass / total : 0;
    }

    // The direction d = -A⁻¹ g on the support, A the Hessian there; slope = g·d < 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FindDirection(out double slope)
    {
        ComputeModel();
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var r = TSimd.Divide(TSimd.Load(V + j), TSimd.Load(Y + j));
            TSimd.Store(_ratio + j, r);
        }

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
            _gradient[i] = _dictionary.Sums[_support[i]] - double.CreateTruncating(_products[i]);
            _step[i] = -_gradient[i];
        }

        for (var j = 0; j < Length; j += TSimd.Count)
            TSimd.Store(_ratio + j, TSimd.Divide(TSimd.Load(_ratio + j), TSimd.Load(Y + j)));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < Length; j += TSimd.Count)
                TSimd.Store(_weighted + j, TSimd.Multiply(TSimd.Load(_ratio + j), TSimd.Load(_rows[i] + j)));
            FactorRows<TVector, TSimd, T>.Dots(_weighted, _rows, i + 1, Length, _products);
            for (var j = 0; j <= i; j++)
                _matrix[(i * n) + j] = double.CreateTruncating(_products[j]);
        }

        if (n == 0 || !Cholesky.Solve(_matrix, n, _step))
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

    // Derivative of the objective along the direction: Σ_k s_k d_k - Σ_j v_j (W d)_j / (y + length (W d))_j.
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
            slope += _dictionary.Sums[_support[i]] * _step[i];
        return slope;
    }
}
