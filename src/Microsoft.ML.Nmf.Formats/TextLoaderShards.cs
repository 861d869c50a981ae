using Nmf;
using Nmf.Formats;

namespace Microsoft.ML.Data;

/// <summary>
/// Shards of a fit on many machines in text files, one for each, as ML.NET loads them. An address is a pattern of
/// files, as <c>/data/part-*.tsv</c>; the shards are the files that match it in the order of their names, character by
/// character: number them with leading zeros.
/// </summary>
/// <remarks>All machines need the same files under the same path, and the same loader. What makes features of texts is
/// a fitted transformer, saved once and loaded on every machine: one that is fitted to each shard would give each other
/// features. To ML.NET's text loader a line that ends too early, or an empty field, is zeros, and what is behind the
/// last column is left out: that one file has other columns is told only where they are no numbers. Thread-safe.
/// </remarks>
public sealed class TextLoaderShards : DataViewShards
{
    private readonly ShardFiles _files;

    /// <param name="loader">Loads a file: <c>mlContext.Data.CreateTextLoader</c>, or any other loader of files.</param>
    /// <param name="columnName">The column of the samples, vectors of numbers of a known size, of the loader or of the
    /// transformer.</param>
    /// <param name="transformer">Applied to what the loader gives, or null.</param>
    /// <param name="missing">What NaN means; a text that is no number is NaN to a text loader.</param>
    /// <param name="absent">What zeros mean, whether a row stores them or not.</param>
    /// <param name="folder">The folder that addresses are relative to and may not leave, or null for all that the
    /// process may read.</param>
    public TextLoaderShards(
        IDataLoader<IMultiStreamSource> loader, string columnName, ITransformer? transformer = null,
        MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero, string? folder = null)
        : this(new ShardFiles(folder), loader, columnName, transformer, missing, absent)
    {
    }

    private TextLoaderShards(
        ShardFiles files, IDataLoader<IMultiStreamSource> loader, string columnName, ITransformer? transformer,
        MissingValues missing, AbsentEntries absent)
        : base(
            address => files.At(address).Length,
            (address, shard) =>
            {
                var view = loader.Load(new MultiFileSource(files.At(address, shard)));
                return transformer is null ? view : transformer.Transform(view);
            },
            columnName, missing, absent)
    {
        ArgumentNullException.ThrowIfNull(loader);
        _files = files;
    }

    /// <inheritdoc/>
    public override string NameOf(string address, int shard) => _files.NameOf(address, shard);
}
