using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// Newton steps on all components of a row at once, β = 1, with a curvature that all rows share up to a factor.
/// </summary>
/// <remarks>
/// <para>The objective of a row x is <c>Σ_k s_k x_k - Σ_j v_j log y_j</c>, y = C x, with the Hessian
/// <c>Cᵀ diag(v / y²) C</c>: to build it for every row would cost K / 4 multiplicative updates. Here v / y² is taken as
/// b a_j, with <c>a = v̄ / ȳ²</c> from the means of data and model over the rows, and b such that the curvature along
/// x itself, Σ v, is exact. One matrix <c>A = Cᵀ diag(a) C</c> then serves all rows, and coordinate sweeps over
/// <c>min gᵀd + ½ b dᵀ A d, x + d ≥ 0</c> cost K² each. What is wrong with the model of the curvature is made up for at
/// the end, by the exact curvature along d: the part of d that is taken lowers the objective of the row, see
/// <see cref="SelfConcordance"/>.</para>
/// <para>A step costs three products with the basis, 6 F N K flops, and two passes over a block of rows of the data,
/// which is dense for the time of its turn whether the data are or not.</para>
/// </remarks>
internal sealed unsafe partial class SharedNewtonPass<TVector, TSimd, T> : NewtonPass<T>, IBlockWork
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows of a block: whole vectors of any width, and whole register blocks.
    private const int BlockRows = 32;

    private static readonly T Floor = T.CreateChecked(1e-16);

    private readonly Matrix<T>? _dense;
    private readonly SparseMatrix<T>? _sparse;
    private readonly SparseMatrix<T>? _transposed;
    private readonly int _samples;
    private readonly int _features;
    private readonly WorkTeam _team;
    private readonly int _rank;
    private readonly int _paddedRank;
    private readonly int _rankRows;
    private readonly int _blockedRank;
    private readonly int _laneSumColumns;
    private readonly int _tile;
    private readonly nint _longest;
    private readonly double[] _featureMeans;
    private readonly double[] _sampleMeans;

    // The basis in tiles of features: transposed for the model, as it is for the gradient; sums and matrix of the
    // curvature by tile and in all.
    private readonly PinnedMemory<T> _panels;
    private readonly PinnedMemory<T> _rows;
    private readonly PinnedMemory<T> _weights;
    private readonly PinnedMemory<T> _partials;
    private readonly PinnedMemory<T> _curvature;
    private readonly PinnedMemory<double> _sums;
    private readonly PinnedMemory<double> _means;
    private readonly Scratch[] _scratch;

    private Phase _phase;
    private Matrix<T>? _basis;
    private Matrix<T>? _factor;
    private bool _activations;
    private int _tiles;
    private int _sweeps;

    /// <param name="dense">V, or null where it is sparse.</param>
    /// <param name="sparse">V, samples x features, and its transpose.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use.</param>
    public SharedNewtonPass(Matrix<T>? dense, SparseData<T>? sparse, int rank, WorkTeam team)
        : base(dense, sparse, rank, team)
    {
        (_dense, _sparse, _transposed, _rank, _team) = (dense, sparse?.Matrix, sparse?.Transposed, rank, team);
        (_samples, _features) = (dense?.Rows ?? _sparse!.Rows, dense?.Columns ?? _sparse!.Columns);
        _paddedRank = DenseCut.RoundUp(rank, Math.Max(TSimd.Count, DenseCut.RowQuantum));
        _rankRows = DenseCut.RoundUp(rank, DenseCut.RowQuantum);
        _laneSumColumns = DenseCut.RoundUp(rank % TSimd.Count, DenseCut.RowQuantum);
        if (2 * _laneSumColumns > TSimd.Count)
            _laneSumColumns = 0;
        _blockedRank = _laneSumColumns > 0 ? rank / TSimd.Count * TSimd.Count : _paddedRank;
        _tile = sizeof(T) == sizeof(float) ? 96 : 48;
        _longest = DenseCut.RoundUp(Math.Max(Math.Max(_samples, _features), 1), _tile);
        // lane sums come in fours of components
        _panels = new PinnedMemory<T>((_longest * rank) + ((nint)DenseCut.RowQuantum * _tile));
        _rows = new PinnedMemory<T>(_longest * _paddedRank);
        _weights = new PinnedMemory<T>(_longest);
        _partials = new PinnedMemory<T>(_longest / _tile * _rankRows * _paddedRank);
        _curvature = new PinnedMemory<T>((nint)_rankRows * _paddedRank);
        _sums = new PinnedMemory<double>(rank);
        _means = new PinnedMemory<double>(rank);
        _scratch = new Scratch[team.Threads];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new Scratch(this);
        (_featureMeans, _sampleMeans) = (new double[_features], new double[_samples]);
        ComputeMeans();
    }

    private enum Phase
    {
        Pack,
        Step,
    }

    void IBlockWork.Run(int block, int worker)
    {
        if (_phase == Phase.Pack)
            Pack(block, _scratch[worker]);
        else
            Step(block * BlockRows, Math.Min(BlockRows, _factor!.Rows - (block * BlockRows)), _scratch[worker]);
    }

    private void ComputeMeans()
    {
        if (_dense is not null)
            DataSums.Add(_dense, _featureMeans, _sampleMeans);
        else
            DataSums.Add(_sparse!, _featureMeans, _sampleMeans);
        for (var n = 0; n < _samples; n++)
            _sampleMeans[n] /= _features;
        for (var f = 0; f < _features; f++)
            _featureMeans[f] /= _samples;
    }

    private protected override void Sweep(Matrix<T> basis, Matrix<T> factor, int sweeps, bool activations)
    {
        (_basis, _factor, _sweeps, _activations) = (basis, factor, sweeps, activations);
        _tiles = (basis.Rows + _tile - 1) / _tile;
        FactorKernels.ColumnSums(basis, new Span<double>(_sums.Pointer, _rank), _team);
        FactorKernels.ColumnSums(factor, new Span<double>(_means.Pointer, _rank), _team);
        for (var k = 0; k < _rank; k++)
            _means.Pointer[k] /= Math.Max(1, factor.Rows);
        _phase = Phase.Pack;
        _team.Run(this, _tiles);
        AddPartials();
        _phase = Phase.Step;
        _team.Run(this, (factor.Rows + BlockRows - 1) / BlockRows);
        (_basis, _factor) = (null, null);
    }

    /// <summary>Packs the basis at the features of one tile, and computes their weights a and
    /// their part of A.</summary>
    private void Pack(int tile, Scratch scratch)
    {
        var first = tile * _tile;
        var count = Math.Min(_tile, _basis!.Rows - first);
        var panel = _panels.Pointer + ((nint)first * _rank);
        var rows = _rows.Pointer + ((nint)first * _paddedRank);
        var means = _activations ? _featureMeans : _sampleMeans;
        new Span<T>(rows, _tile * _paddedRank).Clear();
        new Span<T>(scratch.Weighted, _tile * _paddedRank).Clear();
        new Span<T>(_weights.Pointer + first, _tile).Clear();
        for (var i = 0; i < count; i++)
        {
            var source = _basis.Data + ((first + i) * _basis.Stride);
            var row = rows + ((nint)i * _paddedRank);
            double model = 0;
            for (var k = 0; k < _rank; k++)
            {
                row[k] = source[k];
                model += _means.Pointer[k] * double.CreateTruncating(source[k]);
            }

            // Nothing is known of features without data or model: they have no part in A.
            var weight = model > 0 ? T.CreateSaturating(means[first + i] / (model * model)) : T.Zero;
            if (!T.IsFinite(weight) || weight <= T.Zero)
                continue;
            _weights.Pointer[first + i] = weight;
            var weighted = scratch.Weighted + ((nint)i * _paddedRank);
            for (var k = 0; k < _rank; k++)
                weighted[k] = weight * row[k];
        }

        Transposition<T>.Copy(rows, _paddedRank, _tile, _rank, panel, _tile);
        MicroKernel<T, TVector, TSimd>.Multiply(
            scratch.Weighted,
            1,
            _paddedRank,
            rows,
            _paddedRank,
            _tile,
            _partials.Pointer + ((nint)tile * _rankRows * _paddedRank),
            _paddedRank,
            _rankRows,
            _paddedRank / TSimd.Count,
            false);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddPartials()
    {
        var size = (nint)_rankRows * _paddedRank;
        new Span<T>(_curvature.Pointer, (int)size).Clear();
        for (var tile = 0; tile < _tiles; tile++)
        {
            var partial = _partials.Pointer + (tile * size);
            for (nint i = 0; i < size; i += TSimd.Count)
                TSimd.Store(
                    _curvature.Pointer + i, TSimd.Add(TSimd.Load(_curvature.Pointer + i), TSimd.Load(partial + i)));
        }
    }

    /// <summary>The memory of one worker.</summary>
    private sealed class Scratch
    {
        private readonly PinnedMemory<T> _buffer;

        public Scratch(SharedNewtonPass<TVector, TSimd, T> pass)
        {
            var block = BlockRows * pass._longest;
            var rows = (nint)BlockRows * pass._paddedRank;
            var tile = (nint)BlockRows * pass._tile;
            var lanes = (nint)BlockRows * TSimd.Count;
            _buffer = new PinnedMemory<T>(
                (2 * block) + (3 * rows) + (3 * BlockRows * pass._rank) + tile + (2 * lanes)
                + ((nint)pass._tile * pass._paddedRank) + (lanes * pass._laneSumColumns) + (2 * BlockRows));
            Values = _buffer.Pointer;
            Model = Values + block;
            Start = Model + block;
            Gradient = Start + rows;
            Move = Gradient + rows;
            GradientByComponent = Move + rows;
            MoveByComponent = GradientByComponent + ((nint)BlockRows * pass._rank);
            StartByComponent = MoveByComponent + ((nint)BlockRows * pass._rank);
            Tile = StartByComponent + ((nint)BlockRows * pass._rank);
            Lanes = Tile + tile;
            OtherLanes = Lanes + lanes;
            Weighted = OtherLanes + lanes;
            LaneSums = Weighted + ((nint)pass._tile * pass._paddedRank);
            Scale = LaneSums + (lanes * pass._laneSumColumns);
            InverseScale = Scale + BlockRows;
        }

        /// <summary>Rows of the data, rows x length.</summary>
        public T* Values { get; }

        /// <summary>Their model, clipped.</summary>
        public T* Model { get; }

        /// <summary>Rows of the factor, rows x padded rank.</summary>
        public T* Start { get; }

        /// <summary>Σ c v / y, then the gradient: rows x padded rank.</summary>
        public T* Gradient { get; }

        /// <summary>The step, rows x padded rank.</summary>
        public T* Move { get; }

        /// <summary>The gradient, rank x rows.</summary>
        public T* GradientByComponent { get; }

        /// <summary>The step, rank x rows.</summary>
        public T* MoveByComponent { get; }

        /// <summary>Rows of the factor, rank x rows.</summary>
        public T* StartByComponent { get; }

        /// <summary>Rows x features of a tile.</summary>
        public T* Tile { get; }

        /// <summary>A vector for each row.</summary>
        public T* Lanes { get; }

        /// <summary>Another.</summary>
        public T* OtherLanes { get; }

        /// <summary>A tile of the basis times its weights.</summary>
        public T* Weighted { get; }

        /// <summary>Sums of the last components: rows x their number x lanes.</summary>
        public T* LaneSums { get; }

        /// <summary>b of each row.</summary>
        public T* Scale { get; }

        /// <summary>1 / b.</summary>
        public T* InverseScale { get; }
    }
}
