using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Damped scalar Newton sweeps for β = 1 (Hien and Gillis 2021) from extrapolated factors (Ang and Gillis 2019). What
/// an iteration costs and how many it saves is measured in docs/solvers.md.
/// </summary>
internal sealed class ExtrapolatedNewtonSolver<T> : ExtrapolatedSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows where most entries are zero gain little from a second sweep; pictures and spectra gain much.
    private const double DenseShare = 0.5;

    private readonly NewtonPass<T> _newton;
    private readonly int _sweeps;

    public ExtrapolatedNewtonSolver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : base(
            data, BetaDivergence.KullbackLeibler, start, team,
            new ExtrapolationWeight(growth: 1.1, limitGrowth: 1.05, largest: 0.99, shrinkage: 0.75))
    {
        _newton = data.CreateNewtonPass(W.Columns, team, start.Mask);
        _sweeps = data.StoredEntries > DenseShare * data.Samples * data.Features ? 2 : 1;
    }

    private protected override bool RequiresNonnegativeDictionary => true;

    private protected override void ImproveActivations(Matrix<T> w, Matrix<T> h)
        => _newton.SweepActivations(w, h, _sweeps);

    private protected override void ImproveDictionary(Matrix<T> w, Matrix<T> h)
        => _newton.SweepDictionary(w, h, _sweeps);
}
