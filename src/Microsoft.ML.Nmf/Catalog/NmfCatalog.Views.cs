using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Creates a <see cref="CoNmfEstimator"/> for several views of the same rows, such as words and tags: components of
    /// each view, with activations that are the same or nearly so. A view that a row lacks is predicted from the others
    /// (Seichepine, Essid, Févotte and Cappé 2014).
    /// </summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="outputColumnName">Name of the column of activations, a vector of
    /// <paramref name="rank"/> Singles.</param>
    /// <param name="inputColumnNames">Names of the columns of the views, two or more, vectors of numbers of known size,
    /// dense or sparse; in a row that lacks a view empty or NaN.</param>
    /// <param name="rank">Number of components K.</param>
    /// <param name="coupling">How activations of the views belong together; null for
    /// <see cref="ViewCoupling.L1"/> with the weight 0.1.</param>
    /// <param name="reconstructionColumnNames">For each view the name of a column for its approximation, in rows that
    /// lack it its prediction, or null; null for none.</param>
    /// <param name="maximumIterations">Most iterations of the fit.</param>
    /// <param name="seed">Seed of the random starts, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.CoNmf(
    ///     "Topics", ["Words", "Tags"], rank: 20, reconstructionColumnNames: [null, "LikelyTags"]);
    /// </code>
    /// </example>
    public static CoNmfEstimator CoNmf(
        this TransformsCatalog catalog,
        string outputColumnName,
        string[] inputColumnNames,
        int rank = 10,
        ViewCoupling? coupling = null,
        string?[]? reconstructionColumnNames = null,
        int maximumIterations = 200,
        int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(inputColumnNames);
        if (reconstructionColumnNames is { } names && names.Length != inputColumnNames.Length)
            throw new ArgumentException(
                $"There are {inputColumnNames.Length} views, but {names.Length} names of reconstruction columns: "
                + "null stands for none.", nameof(reconstructionColumnNames));
        return CoNmf(catalog, new()
        {
            OutputColumnName = outputColumnName,
            Views = [.. inputColumnNames.Select((name, v) => new CoNmfEstimator.View
            {
                InputColumnName = name, ReconstructionColumnName = reconstructionColumnNames?[v],
            })],
            Rank = rank,
            Coupling = coupling ?? ViewCoupling.L1(0.1),
            Iterations = new() { MaximumIterations = maximumIterations },
            Seed = seed,
        });
    }

    /// <summary>Creates a <see cref="CoNmfEstimator"/> with every option.</summary>
    /// <param name="catalog">The catalog of transforms.</param>
    /// <param name="options">What to fit and how; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public static CoNmfEstimator CoNmf(this TransformsCatalog catalog, CoNmfEstimator.Options options)
        => new(CatalogUtils.GetEnvironment(catalog), options);
}
