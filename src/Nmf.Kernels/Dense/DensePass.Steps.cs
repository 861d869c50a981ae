using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// Passes over dense data. A pass is a few rounds of the team: pack the dictionary, walk the tiles, and, for the
/// dictionary side, add the partial sums of the slabs. See <see cref="DenseCut"/> for the cut and
/// <see cref="MicroKernel{T,TVector,TSimd}"/> for the products.
/// </summary>
/// <remarks>
/// The objective is always the sum over entries, for β = 2 too: the expansion
/// <c>½ ||V||² - ⟨V W, H⟩ + ½ ⟨H WᵀW, H⟩</c> costs less but loses as many digits as the fit is good, and switching
/// between the two would make a step in what ought to decrease.
/// </remarks>
internal sealed unsafe partial class DensePass<T, TVector, TSimd, TTiles> : DivergencePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where TTiles : struct, ITiles<T>
{
    private readonly Matrix<T>? _data;
    private readonly SparseMatrix<T>? _sparse;
    private readonly ObservedEntries<T>? _observed;
    private readonly OutlierTerm<T>? _outliers;
    private readonly TTiles _tiles;
    private readonly T _floor;
    private readonly DenseCut _cut;
    private readonly PackedDictionary<T, TVector, TSimd> _dictionary;
    private readonly TileScratch<T>[] _scratch;
    private readonly double[] _objectives;
    private readonly Matrix<T> _gram;
    private readonly PinnedMemory<T> _gramOfDictionary;
    private readonly PinnedMemory<T> _gramOfActivations;
    private readonly PinnedMemory<T> _activationTileSums;
    private readonly PinnedMemory<T> _activationSums;

    // Partial sums of the dictionary side, slabs x feature tiles x (rank x tile columns). Fits of fixed
    // dictionaries never need them.
    private PinnedMemory<T>? _negativePartials;
    private PinnedMemory<T>? _positivePartials;
    private DenseProducts<T, TVector, TSimd>? _products;

    public DensePass(
        Matrix<T> data, int rank, double beta, WorkTeam team, TTiles tiles,
        ObservedEntries<T>? observed = null)
        : this(data, null, rank, beta, team, tiles, null)
        => _observed = observed;

    public DensePass(
        Matrix<T>? data, SparseMatrix<T>? sparse, int rank, double beta, WorkTeam team, TTiles tiles,
        OutlierTerm<T>? outliers)
        : base(data?.Rows ?? sparse!.Rows, data?.Columns ?? sparse!.Columns, beta, rank, team)
    {
        SparseSource = sparse is null ? null : SparseData<T>.Of(sparse, null);
        _data = data;
        _sparse = sparse;
        _outliers = outliers;
        _tiles = tiles;
        _floor = ModelFloor.Of<T>(beta);
        var parts = TTiles.PositivePart == PositivePart.Product ? 2 : 1;
        _cut = new DenseCut(Samples, Features, rank, TSimd.Count, sizeof(T), parts);
        _dictionary = new PackedDictionary<T, TVector, TSimd>(_cut);
        _scratch = new TileScratch<T>[team.Threads];
        for (var i = 0; i < _scratch.Length; i++)
            _scratch[i] = new TileScratch<T>(_cut, spreadsData: sparse is not null);
        _objectives = new double[_cut.RowTiles];
        var gramSize = TTiles.PositivePart == PositivePart.Gram ? rank : 0;
        _gram = new Matrix<T>(gramSize, gramSize);
        _gramOfDictionary = new PinnedMemory<T>((nint)gramSize * _cut.PaddedRank);
        _gramOfActivations = new PinnedMemory<T>((nint)gramSize * _cut.PaddedRank);
        _activationTileSums = new PinnedMemory<T>((nint)_cut.RowTiles * _cut.PaddedRank);
        _activationSums = new PinnedMemory<T>(_cut.PaddedRank);
    }

    public override Span<double> OutlierNorms => _outliers is { } term ? term.Norms : [];

    // Nothing is derived from plain dense data when the pass is built.
    public override void DataChanged()
    {
        if (_sparse is not null || _observed is not null || _outliers is not null)
            base.DataChanged();
    }

    public override double ActivationGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
    {
        Require(w, h);
        RequireSamples(negative, nameof(negative));
        RequireSamples(positive, nameof(positive));
        _pass = new Pass { W = w, H = h, NegativeH = negative, PositiveH = positive, WithObjective = withObjective };
        PackDictionary();
        if (TTiles.PositivePart == PositivePart.Gram)
            Gram(w, _gramOfDictionary);
        Run(Phase.Activation, _cut.RowTiles);
        return EndPass();
    }

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        Require(w, h);
        RequireFeatures(negative, nameof(negative));
        RequireFeatures(positive, nameof(positive));
        _pass = new Pass { W = w, H = h, NegativeW = negative, PositiveW = positive };
        PackDictionary();
        AllocatePartials();
        Run(Phase.Dictionary, _cut.Slabs * _cut.FeatureGroups);
        FinishDictionary();
        EndPass();
    }

    public override double JointGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeH, Matrix<T> positiveH, Matrix<T> negativeW, Matrix<T> positiveW,
        bool withObjective)
    {
        if (!_cut.JointIsFused)
            return base.JointGradient(w, h, negativeH, positiveH, negativeW, positiveW, withObjective);
        Require(w, h);
        RequireSamples(negativeH, nameof(negativeH));
        RequireSamples(positiveH, nameof(positiveH));
        RequireFeatures(negativeW, nameof(negativeW));
        RequireFeatures(positiveW, nameof(positiveW));
        _pass = new Pass
        {
            W = w,
            H = h,
            NegativeH = negativeH,
            PositiveH = positiveH,
            NegativeW = negativeW,
            PositiveW = positiveW,
            WithObjective = withObjective,
        };
        PackDictionary();
        AllocatePartials();
        if (TTiles.PositivePart == PositivePart.Gram)
            Gram(w, _gramOfDictionary);
        Run(Phase.Joint, _cut.Slabs);
        FinishDictionary();
        return EndPass();
    }

    public override void MajoriserGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeRows, Matrix<T> positiveRows, Matrix<T> negative,
        Matrix<T> positive)
    {
        RequireModel();
        Require(w, h);
        RequireSamples(negativeRows, nameof(negativeRows));
        RequireSamples(positiveRows, nameof(positiveRows));
        RequireFeatures(negative, nameof(negative));
        RequireFeatures(positive, nameof(positive));
        _pass = new Pass
        {
            W = w, H = h, NegativeW = negative, PositiveW = positive, NegativeRows = negativeRows,
            PositiveRows = positiveRows,
        };
        PackDictionary();
        AllocatePartials();
        Run(Phase.Dictionary, _cut.Slabs * _cut.FeatureGroups);
        FinishDictionary();
        EndPass();
    }

    public override void UpdateActivations(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(h, exponent, momentum);
        _pass = new Pass { W = w, H = h, UpdatesActivations = true, Update = new RowUpdate<T>(exponent, momentum) };
        PackDictionary();
        if (TTiles.PositivePart == PositivePart.Gram)
            Gram(w, _gramOfDictionary);
        Run(Phase.Activation, _cut.RowTiles);
        EndPass();
    }

    public override void UpdateDictionary(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(w, exponent, momentum);
        _pass = new Pass { W = w, H = h, UpdatesDictionary = true, Update = new RowUpdate<T>(exponent, momentum) };
        PackDictionary();
        AllocatePartials();
        Run(Phase.Dictionary, _cut.Slabs * _cut.FeatureGroups);
        FinishDictionary();
        EndPass();
    }

    public override double Objective(Matrix<T> w, Matrix<T> h)
    {
        Require(w, h);
        _pass = new Pass { W = w, H = h, WithObjective = true };
        PackDictionary();
        Run(Phase.Activation, _cut.RowTiles);
        return EndPass();
    }

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result)
    {
        RequireFeatures(w, nameof(w));
        RequireSamples(result, nameof(result));
        if (Products() is { } products)
        {
            products.Activations(w, result);
            return;
        }

        _pass = new Pass { W = w, NegativeH = result, ProductOnly = true };
        PackDictionary();
        Run(Phase.Activation, _cut.RowTiles);
        EndPass();
    }

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result)
    {
        RequireSamples(h, nameof(h));
        RequireFeatures(result, nameof(result));
        if (Products() is { } products)
        {
            products.Dictionary(h, result);
            return;
        }

        _pass = new Pass { H = h, NegativeW = result, ProductOnly = true };
        AllocatePartials();
        Run(Phase.Dictionary, _cut.Slabs * _cut.FeatureGroups);
        FinishDictionary();
        EndPass();
    }

    // Of plain dense data; spread or filled ones go through the tiles of a pass.
    private DenseProducts<T, TVector, TSimd>? Products() => _data is null || _observed is not null
        ? null
        : _products ??= new DenseProducts<T, TVector, TSimd>(_data, _cut, Team);

    private void PackDictionary()
    {
        Run(Phase.Pack, _cut.FeatureTiles);
        if (TTiles.PositivePart == PositivePart.ColumnSums)
            _dictionary.SumColumns();
    }

    private void AllocatePartials()
    {
        var size = checked((nint)(_cut.Slabs * _cut.FeatureTiles * _cut.PartialTile));
        _negativePartials ??= new PinnedMemory<T>(size);
        if (TTiles.PositivePart == PositivePart.Product)
            _positivePartials ??= new PinnedMemory<T>(size);
    }

    private void FinishDictionary()
    {
        if (!_pass.ProductOnly && TTiles.PositivePart == PositivePart.Gram)
            Gram(_pass.H!, _gramOfActivations);
        if (TTiles.PositivePart == PositivePart.ColumnSums)
            RowSums<T, TVector, TSimd>.Total(
                _activationTileSums.Pointer, _cut.RowTiles, _cut.PaddedRank, _activationSums.Pointer);
        Run(Phase.Reduce, _cut.FeatureTiles);
    }

    private void Gram(Matrix<T> factor, PinnedMemory<T> packed)
    {
        FactorKernels.Gram(factor, _gram, Team);
        for (var k = 0; k < Rank; k++)
            _gram.Row(k).CopyTo(new Span<T>(packed.Pointer + ((nint)k * _cut.PaddedRank), Rank));
    }

    private double EndPass()
    {
        var withObjective = _pass.WithObjective;
        _pass = default;
        if (!withObjective)
            return double.NaN;
        double sum = 0;
        foreach (var part in _objectives)
            sum += part;
        return sum;
    }
}
