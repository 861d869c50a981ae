using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Activations of one sample after the other, in all views, of which some may be missing:
/// <c>min Σ α_v D_β(v_v | W_v h_v) + λ Σ pen(h_u - h_v)</c>. Where one view is there, its row solver finds the
/// activations and the others take them over, since nothing holds them elsewhere. Otherwise the updates of the fit,
/// each from a point beyond the last one as long as that lowers the objective (Nesterov 1983; restarts of O'Donoghue
/// and Candès 2015), until an update moves no activation by more than a tenth of the tolerance times the largest.
/// </summary>
/// <remarks>A sample's result depends on the sample alone. Not thread-safe: every thread has one. In double.</remarks>
internal sealed class CoRowSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Extrapolation leaves an activation at least this part of itself.
    private const double LeastPart = 0.25;
    private const double PartOfTolerance = 0.1;
    private static readonly double Floor = ActivationFloor<double>.Value;

    private readonly CoRowProblem<T> _problem;
    private readonly CoRowView<T>[] _views;
    private readonly CoupledUpdate<double>? _coupling;
    private readonly double _exponent;
    private readonly double[][] _last;
    private readonly double[][] _from;

    public CoRowSolver(CoRowProblem<T> problem)
    {
        _problem = problem;
        _views = Array.ConvertAll(problem.Views, view => new CoRowView<T>(view));
        CoupledView<double>[] coupled = Array.ConvertAll(_views, view => view.Coupled);
        if (problem.Coupling is SoftCoupling soft)
            _coupling = new CoupledUpdate<double>(coupled, soft.Weight, soft.IsSquared, Floor);
        _exponent = CoupledView<double>.HaveOneBeta(coupled)
            ? BetaDivergence.FastExponent(coupled[0].Beta) : CoupledView<double>.CommonExponent(coupled);
        (_last, _from) = (Scratch(), Scratch());

        double[][] Scratch() => Array.ConvertAll(_views, _ => new double[problem.Rank]);
    }

    /// <summary>Whether the last sample reached the tolerance.</summary>
    public bool Converged { get; private set; }

    /// <summary>One view of the sample to solve.</summary>
    public CoRowView<T> this[int view] => _views[view];

    /// <summary>Solves the sample whose views were set; without any view activations are zero.</summary>
    /// <param name="activations">Receives K activations of each view, one view after the other.</param>
    public void Solve(Span<T> activations)
    {
        var rank = _problem.Rank;
        Converged = true;
        var (there, only, hasValues) = (0, -1, false);
        for (var v = 0; v < _views.Length; v++)
        {
            there += _views[v].IsThere ? 1 : 0;
            only = _views[v].IsThere ? v : only;
            hasValues |= _views[v].HasValues;
        }

        if (!hasValues)
        {
            activations.Clear();
            return;
        }

        if (there == 1)
        {
            Converged = _views[only].SolveAlone(activations[..rank]);
            for (var v = 1; v < _views.Length; v++)
                activations[..rank].CopyTo(activations.Slice(v * rank, rank));
            return;
        }

        Iterate();
        for (var v = 0; v < _views.Length; v++)
        {
            var h = _views[_coupling is null ? 0 : v].Activations.Row(0);
            for (var k = 0; k < rank; k++)
                activations[(v * rank) + k] = T.CreateSaturating(h[k] <= Floor ? 0 : h[k]);
        }
    }

    private void Iterate()
    {
        Start();
        var (momentum, previous) = (1.0, double.PositiveInfinity);
        var small = 0;
        for (var iteration = 0; iteration < _problem.Inference.MaximumIterations; iteration++)
        {
            var objective = Evaluate();
            if (objective > previous && momentum > 1)
            {
                // Beyond the last point it goes up: on from there without momentum.
                for (var v = 0; v < _views.Length; v++)
                    _last[v].CopyTo(_views[v].Activations.Row(0));
                (momentum, objective) = (1, Evaluate());
            }

            previous = objective;
            for (var v = 0; v < _views.Length; v++)
                _views[v].Activations.Row(0).CopyTo(_from[v]);
            Update();
            small = IsSmall() ? small + 1 : 0;
            if (small == 2)
                return;
            var next = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            Extrapolate((momentum - 1) / next);
            momentum = next;
        }

        for (var v = 0; v < _views.Length; v++)
            _last[v].CopyTo(_views[v].Activations.Row(0));
        Converged = false;
    }

    private void Start()
    {
        double sum = 0;
        var there = 0;
        foreach (var view in _views)
        {
            if (!view.IsThere)
                continue;
            sum += view.FlatActivation();
            there++;
        }

        for (var v = 0; v < _views.Length; v++)
        {
            _views[v].Activations.Row(0).Fill(sum / there);
            _last[v].AsSpan().Fill(sum / there);
        }
    }

    private double Evaluate()
    {
        double sum = 0;
        foreach (var view in _views)
            sum += view.Evaluate((_coupling is null ? _views[0] : view).Activations.Row(0));
        return sum + (_coupling?.Value(null) ?? 0);
    }

    private void Update()
    {
        if (_coupling is not null)
        {
            _coupling.Run(null);
            return;
        }

        var h = _views[0].Activations.Row(0);
        for (var k = 0; k < h.Length; k++)
        {
            double negative = 0, positive = 0;
            foreach (var view in _views)
            {
                negative += view.Weight * view.Gradient.Negative.Row(0)[k];
                positive += view.Weight * view.Gradient.Positive.Row(0)[k];
            }

            if (positive > 0)
                h[k] = Math.Max(Floor, h[k] * Math.Pow(negative / positive, _exponent));
        }
    }

    private bool IsSmall()
    {
        double largest = 0, move = 0;
        for (var v = 0; v < (_coupling is null ? 1 : _views.Length); v++)
        {
            var h = _views[v].Activations.Row(0);
            for (var k = 0; k < h.Length; k++)
            {
                largest = Math.Max(largest, h[k]);
                move = Math.Max(move, Math.Abs(h[k] - _from[v][k]));
            }
        }

        return move <= PartOfTolerance * _problem.Inference.Tolerance * largest;
    }

    // The result of the update is kept, in case the point beyond it is worse.
    private void Extrapolate(double weight)
    {
        for (var v = 0; v < _views.Length; v++)
        {
            var h = _views[v].Activations.Row(0);
            for (var k = 0; k < h.Length; k++)
            {
                var (before, now) = (_last[v][k], h[k]);
                _last[v][k] = now;
                h[k] = Math.Max(LeastPart * now, now + (weight * (now - before)));
            }
        }
    }
}
