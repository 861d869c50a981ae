using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Models of components that were found elsewhere.</summary>
public static class NmfModel
{
    /// <summary>
    /// A model with given components, as it were after a fit: <see cref="NmfModel{T}.Transform"/> infers activations
    /// for them. For the <c>components_</c> of scikit-learn it gives what <c>transform</c> gives there, where both have
    /// converged and there is no penalty.
    /// </summary>
    /// <param name="components">K x F: one component in each row, finite and at least 0, as scikit-learn stores them;
    /// copied, and not scaled.</param>
    /// <param name="problem">What inference minimises: the divergence of the fit that has found them; the Euclidean
    /// distance unless told otherwise.</param>
    /// <param name="inference">How far a row is solved.</param>
    /// <returns>A model without activations and without a record: nothing is known of the fit, its
    /// <see cref="NmfModel{T}.Objective"/> and <see cref="NmfModel{T}.ExplainedPart"/> are 0, the contributions
    /// equal.</returns>
    /// <exception cref="ArgumentException">There is no component or no feature, a component is zero, or the problem has
    /// known components, relevances or penalties, which belong to a fit.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite; the message names component and
    /// feature.</exception>
    public static NmfModel<T> FromComponents<T>(
        Matrix<T> components, NmfProblem? problem = null, InferenceOptions? inference = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(components);
        problem ??= new BetaNmf();
        Option.Require(
            components.Rows > 0 && components.Columns > 0, nameof(components),
            $"The components are {components.Rows} x {components.Columns}: there is none, or they have no features.");
        Option.Require(
            !problem.HasPenalties && problem.KnownCount == 0 && !problem.FindsRank, nameof(problem),
            "Penalties, known components and relevances belong to a fit: name the divergence alone.");
        var dictionary = new Matrix<T>(components.Columns, components.Rows);
        for (var k = 0; k < components.Rows; k++)
        {
            var component = components.Row(k);
            for (var f = 0; f < component.Length; f++)
            {
                if (!(component[f] >= T.Zero && T.IsFinite(component[f])))
                    throw new NmfDataException(
                        $"Component {k} has {component[f]} at feature {f}. Components must be finite and at least 0.",
                        k, f, double.CreateTruncating(component[f]));
                dictionary[f, k] = component[f];
            }

            Option.Require(
                component.ContainsAnyExcept(T.Zero), nameof(components), $"Component {k} is zero: leave it out.");
        }

        var options = new NmfOptions
        {
            Rank = components.Rows,
            Problem = problem,
            Scale = ComponentScale.None,
            Solver = NmfSolver.MajorizationMinimization,
            Iterations = new() { MaximumIterations = 0 },
            Inference = inference ?? new(),
        };
        Option.Given(options.Inference).Validate();
        var report = new FitReport([new ObjectivePoint(0, 0, TimeSpan.Zero)], 0, StopReason.MaximumIterations);
        return NmfModel<T>.FromStream(
            options, dictionary, report, 0, 0, [.. Enumerable.Repeat(1.0 / components.Rows, components.Rows)]);
    }
}
