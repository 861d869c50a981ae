using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a nonnegative matrix factorisation and finds its rank by automatic relevance determination: every component has
/// a relevance λ_k that its dictionary column and its activations share, and components whose relevance falls to that
/// of an empty one are dropped. Tan and Févotte, "Automatic relevance determination in nonnegative matrix factorization
/// with the β-divergence", 2013.
/// </summary>
/// <remarks>
/// <para>Input as for <see cref="NmfEstimator"/>. Output: a vector of as many Singles as components were found
/// relevant, in the order of decreasing contribution; its size is known once the estimator has been fitted (a schema
/// before the fit says "vector", as for every estimator). <see cref="NmfModelParameters.Relevance"/> of the
/// transformer's model has the relevances, of the components that were dropped too; it is saved.</para>
/// <para>The objective is not convex and depends on the start: several starts, of which the one with the lowest
/// objective is kept, are part of the method. <see cref="NmfTransformer"/> solves for the activations with the
/// relevances fixed, <c>min D_β(v | W h) + φ Σ_k f(h_k)/λ_k</c>, the problem that the fit solves for its rows; for 1 ≤
/// β ≤ 2 the training rows get what the fit found, to the bit.</para>
/// <para>An estimator is immutable; <see cref="Fit(IDataView)"/> may be called from several threads. Cancellation as
/// for <see cref="NmfEstimator"/>.</para>
/// </remarks>
public sealed partial class AutomaticRelevanceNmfEstimator : IEstimator<NmfTransformer>
{
    private readonly NmfEstimator _fit;

    internal AutomaticRelevanceNmfEstimator(IHostEnvironment environment, Options options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        environment.CheckValue(options, nameof(options));
        _fit = new NmfEstimator(environment, options.Checked(environment));
    }

    /// <summary>The schema after the transformation; the same that <see cref="NmfTransformer"/> gives.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _fit.GetOutputSchema(inputSchema);

    /// <summary>Fits the dictionary to all rows and finds how many components they need.</summary>
    /// <param name="input">The data; read once.</param>
    /// <returns>The transformer that maps rows to activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    /// <exception cref="NmfDataException">
    /// There are no rows, all values are zero, or a value is negative, NaN, infinite, or zero where β ≤ 0; the message
    /// names column, row, slot and value.
    /// </exception>
    /// <exception cref="NmfNumericalException">No component is relevant, or the objective left the
    /// range of Single.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NmfTransformer Fit(IDataView input) => _fit.Fit(input);
}
