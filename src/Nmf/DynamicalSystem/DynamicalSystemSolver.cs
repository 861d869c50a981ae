using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The nonnegative dynamical system: minimises <c>D_IS(V | WH) + Σ_{n≥2} Σ_k α_k d_IS(h_kn | [A h_{n-1}]_k) + λ_W Σ
/// w</c>, in the maximum a posteriori form with <c>Σ log h</c>, by left-to-right block majorisation-minimisation of the
/// samples, then of W and of A. The objective never increases. Févotte, Le Roux and Hershey, "Non-negative dynamical
/// system with application to speech and audio", 2013.
/// </summary>
/// <remarks>
/// An iteration costs 12 F N K + 12 N K² operations. Beside the factors, memory is seven matrices of the size of
/// H. A patent application exists on transforming signals with this model (WO 2014/065342): take advice before
/// you use it commercially.
/// </remarks>
internal sealed class DynamicalSystemSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _aPosteriori;
    private readonly double _penalty;
    private readonly double[] _shapes;
    private readonly double[] _scale;
    private readonly TransitionTerms<T> _transitions;
    private readonly TransitionSweep<T> _sweep;
    private readonly DictionaryStep<T> _dictionary;
    private readonly Matrix<T> _negative;
    private readonly Matrix<T> _positive;
    private bool _gradientIsCurrent;

    public DynamicalSystemSolver(
        NmfData<T> data, DynamicalSystemOptions options, SequenceLayout sequences, DynamicalSystemStart<T> start,
        WorkTeam team, int known = 0)
        : base(data, BetaDivergence.ItakuraSaito, start.Factors, team)
    {
        _aPosteriori = options.Form == DynamicalSystemForm.MaximumAPosteriori;
        _penalty = options.DictionaryPenalty;
        _shapes = options.EffectiveShapes();
        _scale = new double[_shapes.Length];
        var floor = T.Max(ActivationFloor<T>.Value, T.CreateChecked(options.Floor ?? (_aPosteriori ? 1e-8 : 0)));
        ActivationFloor<T>.Lift(H, floor);
        _transitions = new TransitionTerms<T>(H, start.Transitions, sequences, _shapes, known, team);
        _sweep = new TransitionSweep<T>(H, sequences, _shapes, _aPosteriori, floor);
        Fix(known);
        _dictionary = new DictionaryStep<T>(Pass, W, known == W.Columns, _penalty, team);
        (_negative, _positive) = (new Matrix<T>(H.Rows, H.Columns), new Matrix<T>(H.Rows, H.Columns));
    }

    /// <summary>Factors and transitions as they are now; not a copy.</summary>
    public DynamicalSystemStart<T> Start => new(W, _transitions.Transitions, H);

    // A would have to follow, and the floor of the activations sees scales.
    private protected override bool IsScaleFree => false;

    public override double Objective()
    {
        var objective = Pass.ActivationGradient(W, H, _negative, _positive, withObjective: true);
        _transitions.Predict();
        _gradientIsCurrent = true;
        objective += _transitions.Value();
        if (_penalty > 0)
        {
            FactorKernels.ColumnSums(W, _scale, Team);
            objective += _penalty * _scale.Sum();
        }

        return _aPosteriori ? objective + LogActivations() : objective;
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_transitions.Transitions);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _transitions.Load(reader);
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
        {
            Pass.ActivationGradient(W, H, _negative, _positive, withObjective: false);
            _transitions.Predict();
        }

        _gradientIsCurrent = false;
        _transitions.PrepareActivations();
        _sweep.Update(
            _negative, _positive, _transitions.Next, _transitions.NextSquared, _transitions.Transposed,
            _transitions.Predicted, Team);
        _dictionary.Update(W, H);
        RestoreFixedColumns();
        _transitions.UpdateTransitions();
    }

    private double LogActivations()
    {
        double sum = 0;
        for (var n = 0; n < H.Rows; n++)
        {
            var row = H.Row(n);
            for (var k = 0; k < row.Length; k++)
                sum += _shapes[k] > 0 ? Math.Log(double.CreateTruncating(row[k])) : 0;
        }

        return sum;
    }
}
