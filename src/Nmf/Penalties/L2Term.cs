using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// ℓ2 of a factor X: <c>λ/2 Σ x²</c>, guarded <c>λ/2 Σ_k r_k² ‖x_k‖²</c> with r_k the sum of the other factor's column.
/// In the other factor r_k² is majorised by Jensen's inequality, <c>(Σ y)² ≤ Σ y² Σỹ / ỹ</c>, which makes it a
/// quadratic of each entry again. Exact roots for β = 0, 1, 2, else powers.
/// </summary>
internal sealed class L2Term<T>(double weight, PenalizedFactor factor, bool guarded, int rank) : FactorPenalty<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _squares = new double[rank];

    public override bool IsScaleFree => guarded;

    private bool OfActivations => factor == PenalizedFactor.Activations;

    public override double Value(PenaltyPoint<T> at)
    {
        Squares(at);
        var sums = OfActivations ? at.SumW : at.SumH;
        double value = 0;
        for (var k = 0; k < rank; k++)
            value += guarded ? sums[k] * sums[k] * _squares[k] : _squares[k];
        return 0.5 * weight * value;
    }

    public override void AddForActivations(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        if (OfActivations)
            AddOwn(terms, at.SumW);
        else if (guarded)
            AddOther(at, terms, at.SumH);
    }

    public override void AddForDictionary(PenaltyPoint<T> at, PenaltyTerms<T> terms)
    {
        if (!OfActivations)
            AddOwn(terms, at.SumH);
        else if (guarded)
            AddOther(at, terms, at.SumW);
    }

    public override RowPenalty? ForRows(PenaltyPoint<T> at)
    {
        if (OfActivations)
            return new RowPenalty { Quadratic = [.. at.SumW.Select(s => guarded ? weight * s * s : weight)] };
        if (!guarded)
            return null;

        // The sum of h_k over all samples is squared: for one more row its tangent counts.
        Squares(at);
        return new RowPenalty { Linear = [.. at.SumH.Select((t, k) => weight * t * _squares[k])] };
    }

    private void AddOwn(PenaltyTerms<T> terms, double[] otherSums)
    {
        for (var k = 0; k < rank; k++)
            terms.Quadratic[k] += guarded ? weight * otherSums[k] * otherSums[k] : weight;
    }

    private void AddOther(PenaltyPoint<T> at, PenaltyTerms<T> terms, double[] ownSums)
    {
        Squares(at);
        for (var k = 0; k < rank; k++)
            terms.ConstantCurvature[k] += weight * ownSums[k] * _squares[k];
    }

    private void Squares(PenaltyPoint<T> at)
    {
        if (OfActivations && at.SquaresH is { } squares)
            squares.CopyTo(_squares, 0);
        else
            FactorKernels.ColumnSumsOfSquares(OfActivations ? at.H : at.W, _squares, at.Team);
    }
}
