using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>The factorisation in a fitted pipeline.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="model">A pipeline with one <see cref="NmfTransformer"/>, also after loading, or that
    /// itself.</param>
    /// <exception cref="ArgumentException">There is none, or there are several.</exception>
    public static NmfTransformer FindFactorization(this ModelOperationsCatalog catalog, ITransformer model)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        Contracts.CheckValue(model, nameof(model));
        NmfTransformer[] all = [.. Factorizations(model)];
        Contracts.CheckUserArg(
            all.Length == 1, nameof(model),
            $"The model has {all.Length} factorizations (NmfTransformer). There must be one.");
        return all[0];
    }

    /// <summary>A fitted pipeline with its factorisation replaced by an edited one: components named, dropped, put in
    /// order, merged or split. Save it like any other.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="model">A pipeline with one <see cref="NmfTransformer"/>, also after loading.</param>
    /// <param name="edit">What to do with it.</param>
    /// <exception cref="ArgumentException">There is no factorisation, or there are several.</exception>
    /// <example>
    /// <code>
    /// var model = mlContext.Model.Load("topics.zip", out var schema);
    /// var edited = mlContext.Model.EditFactorization(
    ///     model, nmf =&gt; nmf.MergeComponents([3, 5], "markets").DropComponents(7));
    /// mlContext.Model.Save(edited, schema, "edited.zip");
    /// </code>
    /// </example>
    public static ITransformer EditFactorization(
        this ModelOperationsCatalog catalog, ITransformer model, Func<NmfTransformer, NmfTransformer> edit)
    {
        Contracts.CheckValue(edit, nameof(edit));
        var before = FindFactorization(catalog, model);
        var after = edit(before);
        Contracts.CheckUserArg(after is not null, nameof(edit), "The edit returned no factorization.");
        return Replaced(model, before, after!);
    }

    private static IEnumerable<NmfTransformer> Factorizations(ITransformer model) => model switch
    {
        NmfTransformer found => [found],
        IEnumerable<ITransformer> chain => chain.SelectMany(Factorizations),
        _ => [],
    };

    private static ITransformer Replaced(ITransformer model, NmfTransformer before, NmfTransformer after)
        => ReferenceEquals(model, before) ? after
            : model is IEnumerable<ITransformer> chain
                ? new TransformerChain<ITransformer>([.. chain.Select(part => Replaced(part, before, after))])
            : model;
}
