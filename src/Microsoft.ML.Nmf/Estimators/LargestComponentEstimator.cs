using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The name of the largest component of each row, as text, and its share: what a row of topics is about, for whoever
/// reads results and not vectors. Nothing is learnt.
/// </summary>
/// <remarks>Names are the slot names of the column of activations, which are those of the components: whoever names the
/// components of a stored pipeline anew (<c>mlContext.Model.EditFactorization</c>) has the new names here, too. Names
/// that are given are stored with the transformer instead. A row of zeros has no name and the share 0; of equal
/// components the first is taken.</remarks>
public sealed class LargestComponentEstimator : TrivialEstimator<LargestComponentTransformer>
{
    internal LargestComponentEstimator(
        IHostEnvironment environment, string outputColumnName, string inputColumnName, string? shareColumnName,
        IReadOnlyList<string>? names)
        : base(
            environment.Register(nameof(LargestComponentEstimator)),
            Create(
                environment.Register(nameof(LargestComponentTransformer)), outputColumnName, inputColumnName,
                shareColumnName, names))
    {
    }

    /// <summary>The columns that come out of the transformer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column of activations is missing or has another
    /// type.</exception>
    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RequiredColumn.Activations.In(Host, inputSchema, Transformer.InputColumnName);
        var columns = new List<SchemaShape.Column>
        {
            new(Transformer.OutputColumnName, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false),
        };
        if (Transformer.ShareColumnName is { } share)
            columns.Add(new(share, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false));
        return inputSchema.With(columns);
    }

    private static LargestComponentTransformer Create(
        IHost host, string outputColumnName, string inputColumnName, string? shareColumnName,
        IReadOnlyList<string>? names)
    {
        host.CheckNonWhiteSpace(outputColumnName, nameof(outputColumnName));
        host.CheckNonWhiteSpace(inputColumnName, nameof(inputColumnName));
        host.CheckUserArg(
            shareColumnName is null || !string.IsNullOrWhiteSpace(shareColumnName), nameof(shareColumnName),
            "The name of the column of shares is empty; null is for none.");
        host.CheckUserArg(
            shareColumnName != outputColumnName, nameof(shareColumnName),
            $"Two columns cannot both be called '{outputColumnName}'.");
        if (names is not null)
        {
            host.CheckUserArg(names.Count > 0, nameof(names), "There are no names; null is for slot names.");
            UserErrors.Mark(host, () => global::Nmf.ComponentNameList.Of(names, names.Count));
        }

        return new LargestComponentTransformer(host, outputColumnName, inputColumnName, shareColumnName, names);
    }
}
