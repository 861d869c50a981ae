using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>Creates a <see cref="LargestComponentEstimator"/>: the name of the largest component of each row, and
    /// its share.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of names, text.</param>
    /// <param name="inputColumnName">Name of the column of activations, a vector of known size.</param>
    /// <param name="shareColumnName">Name of the column of shares, 0 to 1, or null for none.</param>
    /// <param name="names">A name for each component, different from each other, or null for the slot names of the
    /// column.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <example>
    /// <code>
    /// var estimator = mlContext.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 20)
    ///     .Append(mlContext.Transforms.LargestComponent("Topic", "Topics", "TopicShare"));
    /// </code>
    /// </example>
    public static LargestComponentEstimator LargestComponent(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName,
        string? shareColumnName = null, IReadOnlyList<string>? names = null)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        return new LargestComponentEstimator(
            CatalogUtils.GetEnvironment(catalog), outputColumnName, inputColumnName, shareColumnName, names);
    }
}
