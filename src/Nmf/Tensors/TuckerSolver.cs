using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates of the nonnegative Tucker model: <c>D_β(V | G ×₁ A⁽¹⁾ … ×_N A⁽ᴺ⁾)</c> in one factor after the
/// other and then in the core (Kim and Choi, "Nonnegative Tucker decomposition", 2007). The model is linear in each of
/// them, so that <c>x ← x ∘ (neg / pos)^γ</c> with the exponent of a matrix never increases the objective.
/// </summary>
/// <remarks>Factors are extrapolated for 1 ≤ β ≤ 2, row by row and judged by their gradient; the core is not, whose
/// objective is no sum over its rows.</remarks>
internal sealed class TuckerSolver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorPass<T> _pass;
    private readonly double _exponent;
    private readonly GradientRows<T>[] _rows;
    private readonly Momentum<T>?[] _momenta;
    private readonly Matrix<T>[] _point;
    private double _momentum = 1;

    public TuckerSolver(
        NmfTensor<T> data, TuckerOptions options, Matrix<T>[] factors, WorkTeam team, bool extrapolates = true)
    {
        Factors = factors;
        _pass = data.CreateTuckerPass([.. options.Ranks], options.Beta, team);
        extrapolates &= BetaDivergence.IsConvex(options.Beta);
        _exponent = BetaDivergence.FastExponent(options.Beta);
        _rows = [.. factors.Select(factor => new GradientRows<T>(factor.Rows, factor.Columns))];
        _momenta = [.. factors.Select((factor, n) => extrapolates && n < factors.Length - 1
            ? new Momentum<T>(factor.Rows, factor.Columns) : null)];
        _point = [.. factors];
    }

    /// <summary>One factor for each mode, and behind them the core as a matrix whose columns are its last
    /// mode.</summary>
    public Matrix<T>[] Factors { get; }

    public void Step()
    {
        var next = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
        for (var n = 0; n < Factors.Length; n++)
        {
            if (_momenta[n] is { } momentum)
                momentum.Weight = (_momentum - 1) / next;
            var update = new RowUpdate<T>(_exponent, _momenta[n]);
            var rows = _rows[n];
            rows.Begin(Factors[n], update);
            _point[n] = rows.Start;
            _pass.Gradient(_point, n, rows.Negative, rows.Positive);
            _point[n] = Factors[n];
            rows.End(Factors[n], update);
        }

        _momentum = next;
    }

    public double Objective() => _pass.Objective(Factors);

    public void Save(BinaryWriter writer)
    {
        foreach (var factor in Factors)
            writer.WriteMatrix(factor);
        writer.Write(_momentum);
        foreach (var momentum in _momenta)
        {
            for (var i = 0; i < momentum?.Rows; i++)
                writer.WriteNumbers<ushort>(momentum.Growth(i));
        }
    }

    public void Load(BinaryReader reader)
    {
        foreach (var factor in Factors)
            reader.ReadFactor(factor);
        _momentum = reader.ReadFinite();
        foreach (var momentum in _momenta)
        {
            for (var i = 0; i < momentum?.Rows; i++)
                reader.ReadNumbers(momentum.Growth(i));
        }
    }
}
