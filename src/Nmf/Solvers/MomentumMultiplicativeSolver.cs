using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates from extrapolated factors for 1 ≤ β ≤ 2: every row of H, then of W, is first moved on by
/// Nesterov's weight times the part in which it grew last, then updated (Hien, Leplat and Gillis, "Block majorization
/// minimization with extrapolation and application to β-NMF", 2024). For β = 1 the update is overrelaxed:
/// <see cref="FactorKernels.OverrelaxedExponent"/>.
/// </summary>
/// <remarks>
/// Guarded row by row: with the other factor fixed the objective is convex and a sum over rows, so the gradient at the
/// extrapolated row, which the update needs anyway, tells whether the row may have become worse than it was. Then it
/// stays as it was and is updated plainly next time (<see cref="DivergencePass{T}.UpdateActivations"/>). No objective
/// is evaluated for that, and no copy of a factor is kept: only how far its entries grew, in half the size.
/// </remarks>
internal sealed class MomentumMultiplicativeSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Momentum<T> _momentumH;
    private readonly Momentum<T> _momentumW;
    private readonly double _exponent;
    private double _momentum = 1;

    public MomentumMultiplicativeSolver(NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team)
        : base(data, beta, start, team)
    {
        _exponent = beta == BetaDivergence.KullbackLeibler ? FactorKernels.OverrelaxedExponent : 1;
        _momentumH = new Momentum<T>(H.Rows, H.Columns);
        _momentumW = new Momentum<T>(W.Rows, W.Columns);
    }

    public override double Objective() => Pass.Objective(W, H);

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_momentum);
        foreach (var momentum in new[] { _momentumH, _momentumW })
        {
            for (var i = 0; i < momentum.Rows; i++)
                writer.WriteNumbers<ushort>(momentum.Growth(i));
        }
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _momentum = reader.ReadFinite();
        foreach (var momentum in new[] { _momentumH, _momentumW })
        {
            for (var i = 0; i < momentum.Rows; i++)
                reader.ReadNumbers(momentum.Growth(i));
        }
    }

    private protected override void Update()
    {
        var next = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
        _momentumH.Weight = _momentumW.Weight = (_momentum - 1) / next;
        _momentum = next;
        Pass.UpdateActivations(W, H, _exponent, _momentumH);
        Pass.UpdateDictionary(W, H, _exponent, _momentumW);
    }

    private protected override void Rescaled()
    {
        _momentumH.ScaleColumns(ActivationScale);
        _momentumW.ScaleColumns(DictionaryScale);
    }
}
