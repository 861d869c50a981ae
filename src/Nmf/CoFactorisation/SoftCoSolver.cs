using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Soft co-factorisation of two or more views: minimises
/// <c>Σ_v α_v D_β(V_v | H_v W_vᵀ) + λ Σ_{u&lt;v} pen(h_u - h_v)</c> over activations that are nonnegative and
/// dictionaries whose columns have given sums, with pen(x) = |x| or x²/2. Activations go to a lower point of a
/// separable majoriser of all views (<see cref="CoupledUpdate{T}"/>), dictionaries to the minimum of theirs among the
/// columns of these sums (<see cref="DictionaryScale{T}"/>): the objective never increases. Seichepine, Essid, Févotte
/// and Cappé, "Soft nonnegative matrix co-factorization", 2014, for two views; all pairs of several are coupled, so
/// that no view comes first.
/// </summary>
internal sealed class SoftCoSolver<T> : CoSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CoupledUpdate<T> _coupling;
    private readonly DictionaryScale<T> _scale;
    private readonly GradientParts<T>[] _dictionaryGradients;

    /// <param name="data">The views.</param>
    /// <param name="dictionaries">W of each view; brought to their sums, and the activations with them.</param>
    /// <param name="activations">H of each view.</param>
    /// <param name="coupling">λ and the penalty.</param>
    /// <param name="scaling">Which columns have which sums.</param>
    /// <param name="team">Threads to use.</param>
    public SoftCoSolver(
        CoupledData<T>[] data, Matrix<T>[] dictionaries, Matrix<T>[] activations, SoftCoupling coupling,
        DictionaryScaling scaling, WorkTeam team)
        : base(data, dictionaries, activations, team)
    {
        foreach (var h in activations)
            ActivationFloor<T>.Lift(h, ActivationFloor<T>.Value);
        _coupling = new CoupledUpdate<T>(
            [.. data.Select((view, v) => new CoupledView<T>(
                view.Beta, view.Weight, activations[v], Gradients[v].Negative, Gradients[v].Positive))],
            coupling.Weight, coupling.IsSquared, ActivationFloor<T>.Value);
        _dictionaryGradients = [.. dictionaries.Select(w => new GradientParts<T>(w))];
        _scale = ScaleOf(data, dictionaries, scaling, _dictionaryGradients);
        Normalise(_scale, data, activations);
    }

    /// <inheritdoc/>
    public override double Coupling() => _coupling.Value(Team);

    /// <summary>Gives columns of dictionaries the sums of a scaling, and activations what makes up for it.</summary>
    public static void Normalise(
        CoupledData<T>[] data, Matrix<T>[] dictionaries, Matrix<T>[] activations, DictionaryScaling scaling)
        => Normalise(
            ScaleOf(data, dictionaries, scaling, [.. dictionaries.Select(w => new GradientParts<T>(w))]), data,
            activations);

    private protected override void Update()
    {
        _coupling.Run(Team);
        for (var v = 0; v < Data.Length; v++)
            Passes[v].DictionaryGradient(
                Dictionaries[v], Activations[v], _dictionaryGradients[v].Negative, _dictionaryGradients[v].Positive);
        _scale.Run(Team);
    }

    private static void Normalise(DictionaryScale<T> scale, CoupledData<T>[] data, Matrix<T>[] activations)
    {
        double[][] scales = [.. data.Select(_ => new double[activations[0].Columns])];
        scale.Normalise(scales);
        for (var v = 0; v < data.Length; v++)
        {
            if (v == 0 || !ReferenceEquals(activations[v], activations[0]))
                FactorKernels.ScaleColumns<T>(activations[v], Array.ConvertAll(scales[v], s => 1 / s));
        }
    }

    private static DictionaryScale<T> ScaleOf(
        CoupledData<T>[] data, Matrix<T>[] dictionaries, DictionaryScaling scaling, GradientParts<T>[] gradients)
    {
        int[] all = [.. Enumerable.Range(0, data.Length)];
        return new DictionaryScale<T>(
            [.. data.Select((view, v) => new CoupledView<T>(
                view.Beta, view.Weight, dictionaries[v], gradients[v].Negative, gradients[v].Positive))],
            [.. data.Select(view => view.Level)],
            scaling == DictionaryScaling.OverViews ? [all] : [.. all.Select(v => new[] { v })]);
    }
}
