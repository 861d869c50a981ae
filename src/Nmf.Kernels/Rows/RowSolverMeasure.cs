using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// Activations of one row by the multiplicative updates of its measure of fit, from a flat start. Every feature is
/// visited. Where the measure is guarded, an update that would raise the objective is shortened: half of its
/// logarithm, a quarter, and so on.
/// </summary>
internal sealed unsafe class MeasureRows<TVector, TSimd, T> : RowAlgorithm<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 64;
    private const int UpdatesPerCheck = 4;
    private const int MostHalvings = 20;

    private readonly RowDictionary<T> _dictionary;
    private readonly RowMeasure<T> _measure;
    private readonly RowSolverOptions _options;

    public MeasureRows(RowDictionary<T> dictionary, RowSolverOptions options, RowMeasure<T> measure)
        => (_dictionary, _options, _measure) = (dictionary, options, measure);

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var room = new Room(_dictionary, scratch);
        var v = room.V;
        var y = room.Y;
        var h = new Span<T>(room.H, _dictionary.Rank);
        Start(count, room, scratch);
        var (objective, norm, halvings) = (double.PositiveInfinity, double.PositiveInfinity, 0);
        var largestNorm = scratch.OutlierNorm;
        var iteration = 1;
        for (; iteration <= _options.MaximumIterations; iteration++)
        {
            Model(room);
            if (_measure.IsGuarded)
            {
                var value = _measure.Value(v, y, room.Wide);
                if (!(value <= objective) || double.IsInfinity(value))
                {
                    if (double.IsInfinity(objective))
                        TensorPrimitives.Multiply(h, T.CreateChecked(0.5), h);
                    else if (++halvings > MostHalvings)
                        break;
                    else
                        Update(room, Math.ScaleB(1, -halvings));
                    continue;
                }

                (objective, halvings) = (value, 0);
            }

            _measure.Parts(v, y, room.NegativeWeights, room.PositiveWeights, room.CurvatureWeights, scratch);
            var check = iteration % UpdatesPerCheck == 0 || iteration == _options.MaximumIterations;
            Gradient(room, check);
            var settled = Math.Abs(scratch.OutlierNorm - norm) <= _options.Tolerance * largestNorm;
            norm = scratch.OutlierNorm;
            if (check && settled && IsDone(room))
                break;
            h.CopyTo(new Span<T>(room.Previous, h.Length));
            Update(room, 1);
        }

        scratch.Converged = iteration <= _options.MaximumIterations;

        // Of a guarded measure, what has not been compared is not taken.
        var isOpen = halvings > 0 || (!scratch.Converged && _measure.IsGuarded && double.IsFinite(objective));
        var result = isOpen ? room.Previous : room.H;
        for (var k = 0; k < _dictionary.Rank; k++)
            scratch.H[k] = double.CreateTruncating(result[k]);
        return int.Min(iteration, _options.MaximumIterations);
    }

    private void Start(int count, in Room room, RowSolver<T>.Scratch scratch)
    {
        double mass = 0, squares = 0;
        room.V.Clear();
        for (var j = 0; j < count; j++)
        {
            var value = double.CreateTruncating(scratch.Values[j]);
            room.V[scratch.Indices[j]] = scratch.Values[j];
            mass += value;
            squares += value * value;
        }

        // Zero means "no outlier" for good: start from the largest norm there can be.
        scratch.OutlierNorm = _options.Outliers is null ? 0 : Math.Sqrt(squares);
        new Span<T>(room.H, (int)_dictionary.Rows.Stride).Clear();
        for (var k = 0; k < _dictionary.Rank; k++)
            room.H[k] = _dictionary.Sums[k] > 0 ? T.CreateTruncating(mass / _dictionary.Total) : T.Zero;
    }

    private void Model(in Room room)
    {
        var rows = stackalloc T*[Chunk];
        var stride = _dictionary.Rows.Stride;
        fixed (T* y = room.Y)
        {
            for (var f = 0; f < _dictionary.Features; f += Chunk)
            {
                var count = Point(rows, f);
                FactorRows<TVector, TSimd, T>.Dots(room.H, rows, count, stride, y + f);
            }
        }
    }

    private void Gradient(in Room room, bool withCurvature)
    {
        var rows = stackalloc T*[Chunk];
        var stride = _dictionary.Rows.Stride;
        new Span<T>(room.Negative, (int)(3 * stride)).Clear();
        fixed (T* negative = room.NegativeWeights, positive = room.PositiveWeights, curvature = room.CurvatureWeights)
        {
            for (var f = 0; f < _dictionary.Features; f += Chunk)
            {
                var count = Point(rows, f);
                FactorRows<TVector, TSimd, T>.Combine(negative + f, rows, count, stride, room.Negative);
                FactorRows<TVector, TSimd, T>.Combine(positive + f, rows, count, stride, room.Positive);
                if (withCurvature)
                    AddCurvature(curvature + f, rows, count, room.Curvature);
            }
        }
    }

    private void AddCurvature(T* weights, T** rows, int count, T* curvature)
    {
        for (var j = 0; j < count; j++)
        {
            var weight = TSimd.Broadcast(weights[j]);
            for (nint k = 0; k < _dictionary.Rows.Stride; k += TSimd.Count)
            {
                var w = TSimd.Load(rows[j] + k);
                TSimd.Store(curvature + k, TSimd.MultiplyAdd(TSimd.Multiply(w, w), weight, TSimd.Load(curvature + k)));
            }
        }
    }

    private int Point(T** rows, int first)
    {
        var count = int.Min(Chunk, _dictionary.Features - first);
        for (var j = 0; j < count; j++)
            rows[j] = _dictionary.Rows.Data + ((first + j) * _dictionary.Rows.Stride);
        return count;
    }

    // The derivative of an α-divergence is (pos - neg)/α, for α = 0 -neg.
    private bool IsDone(in Room room)
    {
        double moved = 0, largest = 0;
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            var x = double.CreateTruncating(room.H[k]);
            largest = Math.Max(largest, x);
            var (negative, positive) = (double.CreateTruncating(room.Negative[k]),
                double.CreateTruncating(room.Positive[k]));
            var gradient = _measure.IsExponential
                ? -negative
                : (positive - negative) * _measure.Slope;
            var second = double.CreateTruncating(room.Curvature[k]);
            moved = Math.Max(moved, second > 0 ? Math.Abs(Math.Min(x, gradient / second)) : gradient > 0 ? x : 0);
        }

        return moved <= _options.Tolerance * largest;
    }

    // h ← previous · (neg/pos)^(exponent · part).
    private void Update(in Room room, double part)
    {
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (room.Positive[k] <= T.Zero)
                continue;
            var ratio = double.CreateTruncating(room.Negative[k]) / double.CreateTruncating(room.Positive[k]);
            var exponent = part * _measure.Exponent;
            var factor = _measure.IsExponential ? Math.Exp(ratio) : exponent == 1 ? ratio : Math.Pow(ratio, exponent);
            room.H[k] = T.CreateTruncating(double.CreateTruncating(room.Previous[k]) * factor);
        }
    }

    /// <summary>The memory of a row: six vectors of features, with whole vectors of room behind each, and five
    /// of components.</summary>
    private readonly ref struct Room
    {
        public Room(RowDictionary<T> dictionary, RowSolver<T>.Scratch scratch)
        {
            var features = (dictionary.Features + 63) / 64 * 64;
            var stride = dictionary.Rows.Stride;
            var at = scratch.Elements((7L * features) + (5 * stride));
            V = new Span<T>(at, dictionary.Features);
            Y = new Span<T>(at + features, dictionary.Features);
            NegativeWeights = new Span<T>(at + (2 * features), dictionary.Features);
            PositiveWeights = new Span<T>(at + (3 * features), dictionary.Features);
            CurvatureWeights = new Span<T>(at + (4 * features), dictionary.Features);
            Wide = new Span<T>(at + (5 * features), 2 * features);
            H = at + (7 * features);
            Previous = H + stride;
            Negative = Previous + stride;
            Positive = Negative + stride;
            Curvature = Positive + stride;
        }

        public Span<T> V { get; }

        public Span<T> Y { get; }

        public Span<T> NegativeWeights { get; }

        public Span<T> PositiveWeights { get; }

        public Span<T> CurvatureWeights { get; }

        /// <summary>Twice as many features.</summary>
        public Span<T> Wide { get; }

        public T* H { get; }

        public T* Previous { get; }

        public T* Negative { get; }

        public T* Positive { get; }

        public T* Curvature { get; }
    }
}
