using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates from extrapolated factors, for any β: H and W are first moved on by Nesterov's weight times
/// the part in which they grew, then updated (Hien, Leplat and Gillis, "Block majorization minimization with
/// extrapolation and application to β-NMF", 2024; proven there for 1 ≤ β ≤ 2, useful for others).
/// </summary>
/// <remarks>
/// Guarded: every <see cref="Stretch"/> iterations the objective is evaluated, in the same pass as the gradient that
/// the next iteration starts with. Where it has not fallen, the stretch is done again from its beginning without
/// extrapolation, which cannot increase it.
/// </remarks>
internal sealed class ExtrapolatedMultiplicativeSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Stretch = 10;

    private readonly double _exponent;
    private readonly GradientParts<T> _gradientH;
    private readonly GradientParts<T> _gradientW;
    private readonly Matrix<T> _previousH;
    private readonly Matrix<T> _previousW;
    private readonly Matrix<T> _savedH;
    private readonly Matrix<T> _savedW;
    private double _savedObjective = double.NaN;
    private double _momentum = 1;
    private int _position;
    private bool _gradientIsCurrent;

    public ExtrapolatedMultiplicativeSolver(NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team)
        : base(data, beta, start, team)
    {
        _exponent = BetaDivergence.FastExponent(beta);
        var rank = W.Columns;
        _gradientH = new GradientParts<T>(H);
        _gradientW = new GradientParts<T>(W);
        _previousH = H.Clone();
        _previousW = W.Clone();
        _savedH = H.Clone();
        _savedW = W.Clone();
    }

    public override double Objective()
    {
        Guard();
        return _savedObjective;
    }

    // The objective was just evaluated: the guard has accepted the factors, and the gradient is that of the same point.
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_momentum);
        writer.WriteMatrix(_previousH);
        writer.WriteMatrix(_previousW);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _momentum = reader.ReadFinite();
        reader.ReadMatrix(_previousH);
        reader.ReadMatrix(_previousW);
        _position = 0;
        Guard();
    }

    private protected override void Update()
    {
        if (double.IsNaN(_savedObjective) || _position == Stretch)
            Guard();
        var next = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
        Iterate((_momentum - 1) / next);
        _momentum = next;
        _position++;
    }

    private protected override void Rescaled()
    {
        // Powers of two: every factor that is kept, and the gradient, follow exactly.
        FactorKernels.ScaleColumns(_previousH, ActivationScale);
        FactorKernels.ScaleColumns(_savedH, ActivationScale);
        FactorKernels.ScaleColumns(_previousW, DictionaryScale);
        FactorKernels.ScaleColumns(_savedW, DictionaryScale);
        _gradientIsCurrent = false;
    }

    /// <summary>Accepts the factors since the last call, or goes back and does their iterations plainly.</summary>
    private void Guard()
    {
        var objective = Evaluate();
        if (_position > 0 && !(objective <= _savedObjective))
        {
            _savedH.CopyTo(H);
            _savedW.CopyTo(W);
            _gradientIsCurrent = false;
            for (var i = 0; i < _position; i++)
                Iterate(0);
            _momentum = 1;
            objective = Evaluate();
        }

        _savedObjective = objective;
        _position = 0;
        H.CopyTo(_savedH);
        W.CopyTo(_savedW);
    }

    private double Evaluate()
    {
        var objective = Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: true);
        _gradientIsCurrent = true;
        return objective;
    }

    private void Iterate(double weight)
    {
        if (_gradientIsCurrent)
        {
            // The gradient at H itself is there already, from the guard: use it, and extrapolate H again next time.
            H.CopyTo(_previousH);
            _gradientIsCurrent = false;
        }
        else
        {
            Extrapolation.MoveBeyond(H, _previousH, weight);
            Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        }

        FactorKernels.MultiplicativeUpdate(H, _gradientH.Negative, _gradientH.Positive, _exponent, Team);

        Extrapolation.MoveBeyond(W, _previousW, weight);
        Pass.DictionaryGradient(W, H, _gradientW.Negative, _gradientW.Positive);
        FactorKernels.MultiplicativeUpdate(W, _gradientW.Negative, _gradientW.Positive, _exponent, Team);
        RestoreFixedColumns();
    }
}
