using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// β = 2 with abundances, h ≥ 0 and Σ h = 1 (or ≤ 1), and where asked for a penalty on the volume of W: minimises
/// <c>½‖V - H Wᵀ‖² + λ/2 log det(I + WᵀW / ε)</c> by alternating between the exact abundances and the dictionary. For W
/// the logarithm is replaced by its tangent, a quadratic majoriser with Gram matrix <c>HᵀH + λ(W̃ᵀW̃ + ε I)⁻¹</c>,
/// which sweeps of hierarchical alternating least squares lower (Fu, Huang, Yang, Ma and Sidiropoulos, "Robust volume
/// minimization-based matrix factorization for remote sensing and document clustering", 2016; Cichocki and Phan 2009
/// for the sweeps). No step increases the objective. Where pixels have a brightness s (<see cref="ShadedScene{T}"/>) it
/// is <c>½ Σ q ‖v / s - W h‖²</c> in place of the distance.
/// </summary>
internal sealed class AbundanceSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Sweeps over W cost next to nothing beside the products with the data.
    private const int MostSweeps = 30;
    private const int TangentRounds = 10;
    private const int SweepsPerTangent = 3;
    private const double SmallestPart = 1e-2;

    private readonly AbundancePass<T> _abundances;
    private readonly GramObjective<T> _gramObjective;
    private VolumeTerm? _volume;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _gramH;
    private readonly Matrix<T> _tangent;
    private readonly ShadedScene<T>? _shaded;
    private readonly Matrix<T>? _weighted;
    private readonly ModelRows<T>? _model;

    public AbundanceSolver(NmfData<T> data, AbundanceNmf problem, NmfStart<T> start, WorkTeam team)
        : this(data, problem, start, team, problem.Sum == AbundanceConstraint.Shaded ? data.Shaded() : null)
    {
    }

    private AbundanceSolver(
        NmfData<T> data, AbundanceNmf problem, NmfStart<T> start, WorkTeam team, ShadedScene<T>? shaded)
        : base(shaded?.Plane ?? data, BetaDivergence.Euclidean, start, team)
    {
        if (shaded is not null)
        {
            _shaded = shaded;
            _weighted = new Matrix<T>(H.Rows, H.Columns);
            _model = new ModelRows<T>(W.Rows, W.Columns, team);
            shaded.Normalise(W);
        }

        data = Data;
        _abundances = new AbundancePass<T>(W.Rows, W.Columns, problem.SumInFit, team);
        _gramObjective = new GramObjective<T>(data, Pass, team);
        _productW = new Matrix<T>(W.Rows, W.Columns);
        _gramH = new Matrix<T>(W.Columns, W.Columns);
        _tangent = new Matrix<T>(W.Columns, W.Columns);

        // Whatever the start has for activations: the first objective is that of abundances.
        ImproveActivations();
        _volume = problem.Volume is { } volume ? VolumeTerm.Create(volume, W, Divergence()) : start.Volume;
        if (_volume?.Lambda == 0)
            _volume = null;
    }

    private protected override bool IsScaleFree => false;

    public override double Objective() => Divergence() + (_volume?.Value(W) ?? 0);

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        VolumeTerm.Save(_volume, writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _volume = VolumeTerm.Load(reader, W.Columns);
        ComputeProducts();
    }

    private protected override void Update()
    {
        ImproveActivations();
        if (_volume is null)
            Sweep(_gramH, MostSweeps);
        for (var round = 0; _volume is not null && round < TangentRounds; round++)
        {
            _volume.AddMajoriser(W, _gramH, _tangent);
            Sweep(_tangent, SweepsPerTangent);
        }
    }

    private double Divergence()
    {
        if (_shaded is null)
            return _gramObjective.Evaluate(W, H, _productW, _gramH);
        FactorKernels.Gram(W, _tangent, Team);
        var half = 0.5 * _shaded.SumOfSquares;
        var divergence = half - FactorKernels.InnerProduct(_productW, W, Team)
            + (0.5 * FactorKernels.InnerProduct(_tangent, _gramH, Team));
        return divergence > GramObjective<T>.SafeResidual * half ? divergence
            : 0.5 * _shaded.SquaredDistance(_model!, W, H);
    }

    private void Sweep(Matrix<T> gram, int most)
    {
        var first = FactorKernels.HalsSweep(W, _productW, gram, Team);
        var change = first;
        for (var i = 1; i < most && change > SmallestPart * SmallestPart * first; i++)
            change = FactorKernels.HalsSweep(W, _productW, gram, Team);
    }

    // Products and Gram matrix of the new H serve the dictionary and the objective.
    private void ImproveActivations()
    {
        if (Data.Dense is { } dense)
            _abundances.Solve(W, dense, H);
        else
            _abundances.Solve(W, Data.Sparse!, H);
        ComputeProducts();
    }

    private void ComputeProducts()
    {
        if (_shaded is not null)
        {
            // √q H for the Gram matrix, q H for the product.
            _shaded.Weight(H, _weighted!);
            FactorKernels.Gram(_weighted!, _gramH, Team);
            _shaded.Weight(_weighted!, _weighted!);
            Pass.DictionaryProduct(_weighted!, _productW);
            return;
        }

        Pass.DictionaryProduct(H, _productW);
        FactorKernels.Gram(H, _gramH, Team);
    }
}
