using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tensors;

/// <summary>
/// Passes over a dense tensor, stored as the matrix whose columns are its last mode. The tiles, their arithmetic and
/// their products are those of a dense matrix (<see cref="DensePass{T,TVector,TSimd,TTiles}"/>); only the rows of H are
/// made tile by tile (<see cref="TensorRows{T}"/>) and what is found out about them goes to the factors behind them.
/// </summary>
/// <remarks>Rows are cut into slabs whose sums, of the size of the target, are added in order: as many as fit in 16 MB,
/// at most 32. For products the tensor times the factor of its last mode is kept, where that is at most half as large
/// as the tensor: all targets but the last begin with it.</remarks>
internal sealed unsafe partial class DenseTensorPass<T, TVector, TSimd, TTiles> : TensorPass<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TTiles : struct, ITiles<T>
{
    private const long MostPartialBytes = 16L << 20;
    private const int MostSlabs = 32;

    private readonly Matrix<T> _data;
    private readonly ObservedEntries<T>? _observed;
    private readonly TTiles _tiles;
    private readonly TensorRows<T> _rows;
    private readonly T _floor;
    private readonly DenseCut _cut;
    private readonly int _lastTarget;
    private readonly PackedDictionary<T, TVector, TSimd> _dictionary;
    private readonly TileScratch<T>[] _scratch;
    private readonly double[] _objectives;
    private readonly Matrix<T> _gram;
    private readonly PinnedMemory<T> _packedGram;
    private readonly PinnedMemory<T> _tileSums;
    private readonly PinnedMemory<T> _columnSums;
    private PinnedMemory<T> _negativePartials = new(0);
    private PinnedMemory<T> _positivePartials = new(0);

    // The tensor times the factor of its last mode, rows x rank, where that is at most half of the data.
    private PinnedMemory<T>? _shared;
    private bool _sharedIsThere;

    /// <param name="data">V, places in all modes but the last x length of the last.</param>
    /// <param name="observed">Which entries count, or null for all.</param>
    /// <param name="rows">The model.</param>
    /// <param name="lastTarget">Which factor is that of the last mode.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="tiles">Arithmetic of a tile.</param>
    public DenseTensorPass(
        Matrix<T> data, ObservedEntries<T>? observed, TensorRows<T> rows, int lastTarget, double beta, WorkTeam team,
        TTiles tiles)
        : base(beta, team)
    {
        (_data, _observed, _rows, _lastTarget, _tiles) = (data, observed, rows, lastTarget, tiles);
        _floor = ModelFloor.Of<T>(beta);
        var parts = TTiles.PositivePart == PositivePart.Product ? 2 : 1;
        _cut = new DenseCut(data.Rows, data.Columns, rows.Rank, TSimd.Count, sizeof(T), parts);
        _dictionary = new PackedDictionary<T, TVector, TSimd>(_cut);
        _scratch = new TileScratch<T>[team.Threads];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new TileScratch<T>(_cut);
        _objectives = new double[_cut.RowTiles];
        var gramSize = TTiles.PositivePart == PositivePart.Gram ? rows.Rank : 0;
        _gram = new Matrix<T>(gramSize, gramSize);
        _packedGram = new PinnedMemory<T>((nint)(gramSize + DenseCut.RowQuantum) * _cut.PaddedRank);
        var sums = TTiles.PositivePart == PositivePart.ColumnSums ? _cut.RowTiles : 0;
        _tileSums = new PinnedMemory<T>((nint)sums * _cut.PaddedRank);
        _columnSums = new PinnedMemory<T>(_cut.PaddedRank);
    }

    public override void Gradient(Matrix<T>[] factors, int target, Matrix<T> negative, Matrix<T> positive)
    {
        var (rows, columns) = Begin(factors, target);
        RequireShape(negative, rows, columns, nameof(negative));
        RequireShape(positive, rows, columns, nameof(positive));
        Walk(factors, target, negative, positive);
    }

    public override void Product(
        Matrix<T>[] factors, int target, Matrix<T> result, bool lastIsUnchanged = false)
    {
        var (rows, columns) = Begin(factors, target);
        RequireShape(result, rows, columns, nameof(result));
        if (target != _lastTarget && ShareSize <= (nint)_data.Rows * _data.Stride / 2)
            _shared ??= new PinnedMemory<T>(ShareSize);
        _sharedIsThere &= lastIsUnchanged;
        Walk(factors, target, result, null);
        _sharedIsThere |= target != _lastTarget && _shared is not null;
    }

    public override double Objective(Matrix<T>[] factors)
    {
        Begin(factors, _lastTarget);
        _pass = new Pass { Target = -1, WithObjective = true };
        _rows.Prepare(factors);
        PackDictionary(factors[_lastTarget]);
        Run(Phase.Objective, _cut.RowTiles);
        double sum = 0;
        foreach (var part in _objectives)
            sum += part;
        return sum;
    }

    private nint ShareSize => (nint)_cut.RowTiles * _cut.TileRows * Stride;

    private (int Rows, int Columns) Begin(Matrix<T>[] factors, int target)
    {
        _rows.Require(factors);
        return target == _lastTarget ? (_cut.Features, _cut.Rank) : _rows.ShapeOf(target);
    }

    private void Walk(Matrix<T>[] factors, int target, Matrix<T> negative, Matrix<T>? positive)
    {
        _pass = new Pass { Target = target, Negative = negative, Positive = positive };
        _rows.Prepare(factors);
        var w = factors[_lastTarget];
        if (target == _lastTarget)
            WalkLast(w);
        else
            WalkRows(w, target);
        _pass = default;
    }

    private void WalkLast(Matrix<T> w)
    {
        if (_pass.Positive is not null)
            PackDictionary(w);
        _slabs = _cut.Slabs;
        Allocate((nint)_cut.FeatureTiles * (nint)_cut.PartialTile);
        var withGram = _pass.Positive is not null && TTiles.PositivePart == PositivePart.Gram;
        if (withGram)
            AllocateGrams();
        Run(Phase.Last, _slabs * _cut.FeatureGroups);
        if (withGram)
            AddGrams();
        if (_pass.Positive is not null && TTiles.PositivePart == PositivePart.ColumnSums)
            RowSums<T, TVector, TSimd>.Total(
                _tileSums.Pointer, _cut.RowTiles, _cut.PaddedRank, _columnSums.Pointer);
        Run(Phase.ReduceLast, _cut.FeatureTiles);
    }

    private void WalkRows(Matrix<T> w, int target)
    {
        if (!UsesShared)
            PackDictionary(w);
        if (_pass.Positive is not null && TTiles.PositivePart == PositivePart.Gram)
        {
            FactorKernels.Gram(w, _gram, Team);
            for (var k = 0; k < _cut.Rank; k++)
                _gram.Row(k).CopyTo(new Span<T>(_packedGram.Pointer + ((nint)k * _cut.PaddedRank), _cut.Rank));
        }

        var (rows, columns) = _rows.ShapeOf(target);
        _targetStride = DenseCut.RoundUp(columns, Math.Max(TSimd.Count, DenseCut.RowQuantum));
        var wanted = Math.Clamp((_cut.RowTiles + 1) / 2, 1, MostSlabs);
        var most = 1;
        for (var slabs = wanted; slabs >= 1; slabs--)
        {
            _slabs = slabs;
            most = 1;
            for (var slab = 0; slab < slabs; slab++)
                most = Math.Max(most, ReachedBy(slab).Count);
            if ((long)slabs * most * _targetStride * sizeof(T) * (_pass.Positive is null ? 1 : 2) <= MostPartialBytes)
                break;
        }

        Allocate((nint)most * _targetStride);
        Run(Phase.Rows, _slabs);
        Reduce(_negativePartials, _pass.Negative!);
        if (_pass.Positive is { } positive)
            Reduce(_positivePartials, positive);
    }

    private (int First, int Count) ReachedBy(int slab)
    {
        var (first, end) = SlabTiles(slab);
        return _rows.Reached(
            _pass.Target, (long)first * _cut.TileRows, long.Min(_cut.Samples, (long)end * _cut.TileRows));
    }

    private (int First, int End) SlabTiles(int slab)
        => ((int)((long)_cut.RowTiles * slab / _slabs), (int)((long)_cut.RowTiles * (slab + 1) / _slabs));

    private void PackDictionary(Matrix<T> w)
    {
        _pass.W = w;
        Run(Phase.Pack, _cut.FeatureTiles);
        if (TTiles.PositivePart == PositivePart.ColumnSums)
            _dictionary.SumColumns();
    }

    private void Allocate(nint elementsOfSlab)
    {
        _partial = elementsOfSlab;
        if (_negativePartials.Count < _slabs * elementsOfSlab)
            _negativePartials = new PinnedMemory<T>(_slabs * elementsOfSlab);
        if (_pass.Positive is not null && _positivePartials.Count < _slabs * elementsOfSlab)
            _positivePartials = new PinnedMemory<T>(_slabs * elementsOfSlab);
    }

    // Sums of slabs in their order.
    private void Reduce(PinnedMemory<T> partials, Matrix<T> result)
    {
        result.Clear();
        for (var slab = 0; slab < _slabs; slab++)
        {
            var (first, count) = ReachedBy(slab);
            var sums = partials.Pointer + (slab * _partial);
            for (nint i = 0; i < count; i++)
                System.Numerics.Tensors.TensorPrimitives.Add<T>(
                    result.Row(first + (int)i), new Span<T>(sums + (i * _targetStride), result.Columns),
                    result.Row(first + (int)i));
        }

        GC.KeepAlive(partials);
    }

    /// <summary>The arguments of the pass that is running.</summary>
    private struct Pass
    {
        public int Target;
        public Matrix<T>? W;
        public Matrix<T>? Negative;
        public Matrix<T>? Positive;
        public bool WithObjective;
    }
}
