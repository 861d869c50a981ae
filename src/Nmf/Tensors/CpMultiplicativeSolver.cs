using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates <c>A ← A ∘ (neg / pos)^γ</c> of one factor after the other, for any β, any weights and
/// missing entries: the majoriser of Févotte and Idier (2011) for the matricised tensor. Where it extrapolates
/// (1 ≤ β ≤ 2), every row starts from a point beyond it and is taken only where the objective cannot have become
/// larger, which the gradient at that point tells (Hien, Leplat and Gillis 2024; <see cref="RowUpdate{T}"/>).
/// </summary>
internal sealed class CpMultiplicativeSolver<T> : CpSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly GradientRows<T>[] _rows;
    private readonly Momentum<T>?[] _momenta;
    private readonly Matrix<T>[] _point;
    private double _momentum = 1;

    public CpMultiplicativeSolver(
        NmfTensor<T> data, double beta, double exponent, Matrix<T>[] factors, int[] modes, WorkTeam team,
        bool extrapolates)
        : base(data, beta, factors, modes, team)
    {
        _exponent = exponent;
        _rows = [.. modes.Select(n => new GradientRows<T>(factors[n].Rows, factors[n].Columns))];
        _momenta = [.. modes.Select(
            n => extrapolates ? new Momentum<T>(factors[n].Rows, factors[n].Columns) : null)];
        _point = [.. factors];
    }

    public override double Objective() => Pass.Objective(Factors);

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_momentum);
        foreach (var momentum in _momenta)
        {
            for (var i = 0; i < momentum?.Rows; i++)
                writer.WriteNumbers<ushort>(momentum.Growth(i));
        }
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _momentum = reader.ReadFinite();
        foreach (var momentum in _momenta)
        {
            for (var i = 0; i < momentum?.Rows; i++)
                reader.ReadNumbers(momentum.Growth(i));
        }
    }

    private protected override void Update()
    {
        var next = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
        for (var at = 0; at < Modes.Length; at++)
        {
            var (n, rows) = (Modes[at], _rows[at]);
            if (_momenta[at] is { } momentum)
                momentum.Weight = (_momentum - 1) / next;
            var update = new RowUpdate<T>(_exponent, _momenta[at]);
            rows.Begin(Factors[n], update);
            _point[n] = rows.Start;
            Pass.Gradient(_point, n, rows.Negative, rows.Positive);
            _point[n] = Factors[n];
            rows.End(Factors[n], update);
        }

        _momentum = next;
    }

    private protected override void Rescaled(int mode, ReadOnlySpan<double> scale)
        => _momenta[mode]?.ScaleColumns(scale);
}
