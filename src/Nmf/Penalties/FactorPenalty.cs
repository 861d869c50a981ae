using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Where a penalty is evaluated.</summary>
/// <param name="W">Dictionary.</param>
/// <param name="H">Activations.</param>
/// <param name="SumW">Column sums of W.</param>
/// <param name="SumH">Column sums of H.</param>
/// <param name="Team">Threads to use.</param>
internal sealed record PenaltyPoint<T>(Matrix<T> W, Matrix<T> H, double[] SumW, double[] SumH, WorkTeam Team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Column sums of the squares of H where its rows are elsewhere, else null.</summary>
    public double[]? SquaresH { get; init; }
}

/// <summary>
/// A majoriser of all penalties, tight at the current factor x̃: <c>linear x + curvature x² / (2 x̃)</c> for every
/// entry; both are gradients at x̃. What depends on the component alone is collected in the arrays and added in one
/// pass; the rest is added to the matrices.
/// </summary>
internal sealed class PenaltyTerms<T>(Matrix<T> negative, Matrix<T> positive)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _constantCurvature = new double[negative.Columns];
    private readonly double[] _quadratic = new double[negative.Columns];
    private Matrix<T>? _curvature;

    /// <summary>Negative part of the gradient.</summary>
    public Matrix<T> Negative { get; } = negative;

    /// <summary>Positive part of the gradient, without what the curvature accounts for.</summary>
    public Matrix<T> Positive { get; } = positive;

    /// <summary>Whether a penalty has a quadratic part: once it was asked for one of the three that follow.</summary>
    public bool HasCurvature { get; private set; }

    /// <summary>Gradient of the quadratic parts. May be asked for by several threads.</summary>
    public Matrix<T> Curvature => _curvature ?? CreateCurvature();

    /// <summary>Added to every entry of a component's positive part.</summary>
    public double[] Linear { get; } = new double[negative.Columns];

    /// <summary>Added to every entry of a component's curvature.</summary>
    public double[] ConstantCurvature
    {
        get
        {
            HasCurvature = true;
            return _constantCurvature;
        }
    }

    /// <summary>Added to a component's curvature, times the entry.</summary>
    public double[] Quadratic
    {
        get
        {
            HasCurvature = true;
            return _quadratic;
        }
    }

    public void Clear()
    {
        Array.Clear(Linear);
        Array.Clear(_constantCurvature);
        Array.Clear(_quadratic);
        _curvature?.Clear();
    }

    private Matrix<T> CreateCurvature()
    {
        HasCurvature = true;
        var created = new Matrix<T>(Positive.Rows, Positive.Columns);
        return Interlocked.CompareExchange(ref _curvature, created, null) ?? created;
    }
}

/// <summary>A penalty as a solver needs it: its value, and what it adds to the gradients with
/// respect to H and W.</summary>
internal abstract class FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether its value stays when a column of W is multiplied and that of H divided by a number.</summary>
    public virtual bool IsScaleFree => true;

    /// <summary>Whether it is a sum over rows of H, and not a function of column sums. What it adds to the update of W
    /// is then a linear term for each component.</summary>
    public virtual bool IsOfRows => false;

    /// <summary>Value at a point.</summary>
    public abstract double Value(PenaltyPoint<T> at);

    /// <summary>Adds to the update of H.</summary>
    public abstract void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms);

    /// <summary>Adds to the update of W.</summary>
    public abstract void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms);

    /// <summary>What it means for the activations of one row, W given.</summary>
    public virtual RowPenalty? ForRows(PenaltyPoint<T> at) => null;

    /// <summary>The terms of some penalties.</summary>
    public static FactorPenalty<T>[] Create(IReadOnlyList<NmfPenalty> penalties, int rank, int samples)
        =>
        [
            .. penalties.Where(p => p.Weight > 0)
                .Select(p => p.CreateTerm<T>(p.IsGuardedAmong(penalties), rank, samples)).OfType<FactorPenalty<T>>(),
        ];
}
